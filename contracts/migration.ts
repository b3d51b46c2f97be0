/** One step of a database schema. Applied once, in the order of names, and never edited later. */
export interface Migration {
  /** Unique name that sorts in the order of application, e.g. `0100-tasks`. */
  readonly name: string;
  /** PostgreSQL statements, run in one transaction. */
  readonly sql: string;
}
