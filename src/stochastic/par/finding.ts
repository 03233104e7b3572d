/** Something about the inputs or the fitted model that a user should know, or must change. */
export interface Finding {
  /** File of the case, where one is to blame. */
  readonly file: string | null;
  /** Field or column, with the ids that tell the row. */
  readonly field: string;
  readonly value: unknown;
  readonly message: string;
  readonly suggestion: string;
}
