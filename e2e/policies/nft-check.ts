import { spawnSync } from 'node:child_process';

/** Has `nft` read scripts, where it is there and allowed to; it applies nothing. */
export class NftCheck {
  /** Whether scripts are checked, and why not. */
  public readonly description: string;
  readonly #works: boolean;

  public constructor() {
    const { stdout } = spawnSync('nft', ['--version'], { encoding: 'utf8' });
    const refusal = NftCheck.#refusal('');
    this.#works = refusal === undefined;
    this.description = this.#works
      ? `every script is read by ${stdout.trim()}`
      : `scripts are not read by nft: ${refusal!}`;
  }

  /** @throws Error when `nft` does not take a script. */
  public check(script: string): void {
    const refusal = this.#works ? NftCheck.#refusal(script) : undefined;
    if (refusal !== undefined) {
      throw new Error(`nft does not take the rules: ${refusal}`);
    }
  }

  static #refusal(script: string): string | undefined {
    const { error, status, stderr } = spawnSync('nft', ['--check', '--file', '-'], {
      input: script,
      encoding: 'utf8',
    });
    return error?.message ?? (status === 0 ? undefined : stderr.trim());
  }
}
