import type { LogLine, LogView } from './types.ts';

/** Lines that are kept. */
const CAPACITY = 5_000;

/** The last lines of apps and of the platform. */
export class LogStore {
  readonly #lines: LogLine[] = [];
  #last = 0;

  public add(from: string, text: string): void {
    this.#lines.push({ number: ++this.#last, time: new Date().toISOString(), from, text });
    if (this.#lines.length > CAPACITY) {
      this.#lines.shift();
    }
  }

  /** Lines after a number, of one app or of all; the last `limit` of them. */
  public after(number: number, from: string | undefined, limit: number): LogView {
    const lines = this.#lines.filter(
      (line) => line.number > number && (from === undefined || line.from === from),
    );
    return { last: this.#last, lines: lines.slice(-limit) };
  }
}
