/** What an import changes, leaves out, or cannot do, each with its place in the file. */
export class Findings {
  readonly #notes = new Set<string>();
  readonly #problems = new Set<string>();

  /** Something that was changed or left out. */
  public note(place: string, text: string): void {
    this.#notes.add(`${place}: ${text}`);
  }

  /** Something that cannot be imported, with the remedy. */
  public problem(place: string, text: string): void {
    this.#problems.add(`${place}: ${text}`);
  }

  public get notes(): readonly string[] {
    return [...this.#notes];
  }

  /** @throws Error that lists every problem. */
  public report(file: string): void {
    if (this.#problems.size > 0) {
      throw new Error(`'${file}' cannot be imported:\n- ${[...this.#problems].join('\n- ')}`);
    }
  }
}
