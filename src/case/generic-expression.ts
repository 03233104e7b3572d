import { nearestName } from './read/nearest-name.js';
import { GENERIC_VARIABLES, type GenericVariable } from './study-system.js';

/** `coefficient * variable(id, block)`; the block is `null` where the expression names none. */
interface ExpressionTerm {
  readonly coefficient: number;
  readonly variable: GenericVariable;
  readonly id: number;
  readonly block: number | null;
}

/** A linear expression: its terms in the order of the text, and the sum of its plain numbers. */
export interface Expression {
  readonly terms: readonly ExpressionTerm[];
  readonly constant: number;
}

/** What is wrong with a text, and where: `column` counts characters from 1; it is one past the last at the end. */
interface ExpressionFault {
  readonly column: number;
  readonly reason: string;
  readonly suggestion: string;
}

type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly fault: ExpressionFault };

/** Variables that a stage has once, not once for each block. */
export const STAGE_WIDE: readonly GenericVariable[] = ['hydro_storage', 'hydro_evaporation', 'hydro_withdrawal'];

/** What the variables are, with their units. */
export const VARIABLE_MEANINGS: Readonly<Record<GenericVariable, string>> = {
  hydro_storage: 'storage of a hydro plant at the end of the stage [hm3]',
  hydro_turbined: 'flow through the turbines of a hydro plant [m3/s]',
  hydro_spillage: 'flow over the spillway of a hydro plant [m3/s]',
  hydro_diversion: 'flow through the channel of a hydro plant to another [m3/s]',
  hydro_outflow: 'turbined plus spilled flow of a hydro plant [m3/s]',
  hydro_generation: 'generation of a hydro plant [MW]',
  hydro_evaporation: 'what evaporates from the reservoir of a hydro plant [m3/s]',
  hydro_withdrawal: 'water that is withdrawn from the reservoir of a hydro plant [m3/s]',
  thermal_generation: 'generation of a thermal plant [MW]',
  line_direct: 'flow of a line from its source to its target bus [MW]',
  line_reverse: 'flow of a line from its target to its source bus [MW]',
  line_exchange: 'line_direct minus line_reverse [MW]',
  bus_deficit: 'load of a bus that is not met [MW]',
  bus_excess: 'generation at a bus beyond its load [MW]',
  pumping_flow: 'flow through a pumping station [m3/s]',
  pumping_power: 'power that a pumping station takes [MW]',
  contract_import: 'power of a contract of the type import [MW], 0 of another',
  contract_export: 'power of a contract of the type export [MW], 0 of another',
  non_controllable_generation: 'generation of a non-controllable source [MW]',
  non_controllable_curtailment: 'available generation of a source that is not used [MW]',
};

const SPACE = /[ \t\n\r\f]*/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
/** Ids are 32-bit integers. */
const GREATEST_ID = 2 ** 31 - 1;

/**
 * Reads the expression of a generic constraint:
 *
 *     expression = [ "+" | "-" ] term { ( "+" | "-" ) term }
 *     term       = [ number "*" ] variable | number
 *     variable   = name "(" id [ "," block ] ")"
 *
 * The names are {@link GENERIC_VARIABLES}; those of {@link STAGE_WIDE} take no block.
 */
export function parseExpression(text: string): ParsedExpression {
  try {
    return { ok: true, expression: new Reader(text).expression() };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, fault: error.fault };
    throw error;
  }
}

class Fault extends Error {
  constructor(readonly fault: ExpressionFault) {
    super(fault.reason);
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  expression(): Expression {
    const terms: ExpressionTerm[] = [];
    let constant = 0;
    this.#skipSpace();
    if (this.#ended()) this.#fail('it is empty', 'Write for example "hydro_outflow(0) + hydro_outflow(1)".');
    let sign = this.#sign() ?? 1;
    for (;;) {
      const term = this.#term(sign);
      if (typeof term === 'number') constant += term;
      else terms.push(term);
      if (this.#ended()) {
        // A number alone constrains nothing: it holds always or never.
        if (terms.length === 0) {
          this.#fail('it has no variable', 'Write for example "hydro_outflow(0) + hydro_outflow(1)".', 0);
        }
        return { terms, constant };
      }
      const next = this.#sign();
      if (next === null) this.#fail(`there is no + or - before ${this.#here()}`, 'Join terms with + or -.');
      sign = next;
    }
  }

  #term(sign: number): ExpressionTerm | number {
    const number = this.#number();
    if (number === null) return this.#variable(sign);
    if (!this.#take('*')) return sign * number;
    return this.#variable(sign * number);
  }

  #variable(coefficient: number): ExpressionTerm {
    const start = this.#at;
    const name = this.#match(NAME);
    if (name === null) {
      this.#fail(`there should be a variable or a number, not ${this.#here()}`, 'Write for example 2.5 * name(id).');
    }
    const variable = GENERIC_VARIABLES.find((known) => known === name);
    if (variable === undefined) {
      const near = nearestName(name, GENERIC_VARIABLES);
      const all = `The known variables are ${GENERIC_VARIABLES.join(', ')}.`;
      this.#fail(`there is no variable ${name}`, near === null ? all : `Did you mean ${near}? ${all}`, start);
    }
    if (!this.#take('(')) this.#fail(`there is no ( after ${name}`, `Write ${name}(id).`);
    const id = this.#whole('an id', name);
    if (id > GREATEST_ID) this.#fail(`the id ${id} is too large`, 'Ids are 32-bit integers.');
    const comma = this.#at;
    const block = this.#take(',') ? this.#whole('a block', name) : null;
    if (block !== null && STAGE_WIDE.includes(variable)) {
      this.#fail(`${name} belongs to the stage and has no blocks`, `Write ${name}(${id}).`, comma);
    }
    if (!this.#take(')')) this.#fail(`there is no ) to end ${name}(`, `Write ${name}(id) or ${name}(id, block).`);
    return { coefficient, variable, id, block };
  }

  #whole(what: string, name: string): number {
    const start = this.#at;
    const value = this.#number();
    if (value === null || !Number.isSafeInteger(value)) {
      const found = value === null ? this.#here() : String(value);
      this.#fail(`${name} has ${found} where ${what} belongs`, 'Ids and blocks are whole numbers from 0.', start);
    }
    return value;
  }

  #number(): number | null {
    const start = this.#at;
    const literal = this.#match(NUMBER);
    if (literal === null) return null;
    const value = Number(literal);
    if (!Number.isFinite(value)) this.#fail(`${literal} is too large`, 'Numbers must be finite.', start);
    return value;
  }

  #sign(): number | null {
    if (this.#take('+')) return 1;
    return this.#take('-') ? -1 : null;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    this.#skipSpace();
    return true;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at += found[0].length;
    this.#skipSpace();
    return found[0];
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }

  #ended(): boolean {
    return this.#at >= this.#text.length;
  }

  #here(): string {
    const point = this.#text.codePointAt(this.#at);
    return point === undefined ? 'its end' : `"${String.fromCodePoint(point)}"`;
  }

  #fail(reason: string, suggestion: string, at = this.#at): never {
    throw new Fault({ column: at + 1, reason, suggestion });
  }
}
