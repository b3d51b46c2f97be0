import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { secondsOf } from '@cdk8s-event-platform/contracts/internal';
import type { AppScope } from '../process/app-scope.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { MemoryState } from './memory-state.ts';
import { answerState, type StateComponent } from './state-sidecar.ts';

/** The state stores of one app, in memory. */
export class TestState {
  readonly #values = new Map<string, MemoryState>();
  #down = false;
  #later = 0;

  public constructor(private readonly manifest: Pick<AppManifest, 'appId' | 'state'>) {
    for (const { name } of manifest.state ?? []) {
      this.#values.set(name, new MemoryState(() => Date.now() + this.#later));
    }
  }

  /** Whether the stores can be reached. */
  public set reachable(reachable: boolean) {
    this.#down = !reachable;
  }

  /** Lets time pass for values that are forgotten after a while. */
  public advance(milliseconds: number): void {
    this.#later += milliseconds;
  }

  /** Forgets everything, as a server does that restarts. */
  public clear(): void {
    this.#values.forEach((values) => values.clear());
  }

  /** What state clients of the app use. */
  public readonly scope: AppScope = {
    pause: 0,
    now: () => Date.now(),
    metrics: new RuntimeMetrics(),
    send: (request) => {
      const { appId } = this.manifest;
      const components = new Map(
        (this.manifest.state ?? []).map(({ name, ttl }): [string, StateComponent] => [
          name,
          {
            values: this.#values.get(name)!,
            prefix: name,
            ttl: ttl && secondsOf(ttl),
            ...(this.#down && { down: 'connection refused' }),
          },
        ]),
      );
      return Promise.resolve(answerState(request, { appId, components })!);
    },
  };
}
