import util from 'node:util';
import type { Output } from './context.js';

export type StyleName = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Style = (name: StyleName, text: string) => string;

export const plainStyle: Style = (_name, text) => text;

/** Colours on a terminal, nothing elsewhere, nor with NO_COLOR (no-color.org) or a dumb terminal. */
export function styleFor(output: Output, env: Readonly<Record<string, string | undefined>>): Style {
  if (!output.isTTY || env.NO_COLOR || env.TERM === 'dumb') return plainStyle;
  // `util.styleText` came with Node 20.12: without it, text stays plain. The stream was judged above.
  if (typeof util.styleText !== 'function') return plainStyle;
  return (name, text) => util.styleText(name, text, { validateStream: false });
}
