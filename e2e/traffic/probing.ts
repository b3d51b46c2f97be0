import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../testkit/random.ts';
import { pathOf } from './route.ts';
import type { RouteOperator } from './route-operator.ts';
import { RouteTarget } from './target.ts';
import type { PlatformClient } from '../platform-client.ts';

/** What became of probes that somebody waited for. */
export class Probing {
  /** Probes that were answered, in time or when they were asked again. */
  public answered = 0;
  /** Probes that were not answered in time. */
  public late = 0;
  /** Probes that were asked again with the same key, and answered otherwise. */
  public changed = 0;
  /** Probes that say another thing than the target does. */
  public wrong = 0;
  /** Longest and mean wait for an answer that came in time, in milliseconds. */
  public readonly waits: number[] = [];

  public constructor(
    private readonly client: PlatformClient,
    private readonly random: SeededRandom,
  ) {}

  /** Asks for a probe of a route, and again with the same key: at once where it was too late, else now and then. */
  public async probe(route: RouteOperator): Promise<void> {
    const path = `${pathOf('/api/routes', route.id)}/probe`;
    const headers = { 'idempotency-key': randomUUID(), 'x-user-id': 'prober-1' };
    const ask = () => this.client.call('traffic-api', 'POST', path, { headers, accepts: [504] });
    const start = performance.now();
    let answer = await ask();
    if (answer.status === 200) {
      this.waits.push(performance.now() - start);
    }
    while (answer.status === 504) {
      this.late++;
      // For the answer to come when nobody waits for it.
      await sleep(this.random.next() < 0.5 ? 200 : 10_000);
      answer = await ask();
    }
    if (answer.status !== 200) {
      throw new Error(`a probe was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    this.answered++;
    this.wrong += answer.body.healthy === RouteTarget.isHealthy(route.url) ? 0 : 1;
    if (this.random.next() < 0.3) {
      const again = await ask();
      this.changed += JSON.stringify(again.body) === JSON.stringify(answer.body) ? 0 : 1;
    }
  }

  /** The wait that a part of the probes does not exceed, in milliseconds. */
  public waitOf(ratio: number): number {
    const sorted = [...this.waits].sort((a, b) => a - b);
    return Math.round(sorted[Math.floor(sorted.length * ratio)] ?? 0);
  }
}
