import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Loaded into a process before its program: adds what a file says to the clock. */
const SKEW = `import { readFileSync } from 'node:fs';
let skew = 0;
try { skew = Number(readFileSync(process.env.CLOCK_FILE, 'utf8')); } catch {}
if (skew !== 0) {
  const RealDate = Date;
  const now = () => RealDate.now() + skew;
  globalThis.Date = class extends RealDate {
    constructor(...args) { if (args.length === 0) super(now()); else super(...args); }
    static now() { return now(); }
  };
}
`;

/** Clocks of the apps, each of which can be put forward or back. The kernel's stays as it is. */
export class Clocks {
  readonly #folder: string;

  public constructor(folder: string) {
    this.#folder = join(folder, 'clocks');
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, 'skew.mjs'), SKEW);
  }

  /** Variables that an app must be started with. */
  public env(appId: string): Record<string, string> {
    return {
      NODE_OPTIONS: `--import=${join(this.#folder, 'skew.mjs')}`,
      CLOCK_FILE: join(this.#folder, appId),
    };
  }

  /** Puts an app's clock forward, from its next start on. */
  public set(appId: string, milliseconds: number): void {
    writeFileSync(join(this.#folder, appId), String(Math.round(milliseconds)));
  }
}
