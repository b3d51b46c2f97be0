import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchEvent } from './events.ts';

/** Milliseconds after which a caller gives up. */
const TIMEOUT = 30_000;

/** What the callers of a producer were told. */
export interface Offered {
  /** Ids of the events that it has accepted. */
  readonly accepted: ReadonlySet<string>;
  /** Milliseconds that each answer took. */
  readonly latencies: readonly number[];
}

/** Calls a producer, each event once. */
class Caller {
  public readonly accepted = new Set<string>();
  public readonly latencies: number[] = [];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  public constructor(private readonly port: number) {}

  /** Never rejects. */
  public async offer({ id, data }: BenchEvent): Promise<void> {
    const start = performance.now();
    const status = await this.#post(JSON.stringify(data));
    this.latencies.push(performance.now() - start);
    if (status === 202) {
      this.accepted.add(id);
    }
  }

  public close(): void {
    this.#agent.destroy();
  }

  #post(body: string): Promise<number> {
    return new Promise((resolve) => {
      const headers = { 'content-type': 'application/json' };
      const call = request(
        {
          ...{ host: '127.0.0.1', port: this.port, path: '/payments', method: 'POST' },
          ...{ agent: this.#agent, headers, timeout: TIMEOUT },
        },
        (response) => {
          response.resume();
          response.on('close', () => resolve(response.statusCode ?? 0));
        },
      );
      call.on('timeout', () => call.destroy());
      call.on('error', () => resolve(0));
      call.end(body);
    });
  }
}

/** Offers events at a rate, whatever becomes of those before, by up to 64 callers. */
export async function offerAtRate(
  port: number,
  events: readonly BenchEvent[],
  perSecond: number,
): Promise<Offered> {
  const caller = new Caller(port);
  const start = performance.now();
  const offers: Promise<void>[] = [];
  for (const [index, event] of events.entries()) {
    const due = start + (index * 1000) / perSecond;
    if (due > performance.now()) {
      await sleep(due - performance.now());
    }
    offers.push(caller.offer(event));
  }
  await Promise.all(offers);
  caller.close();
  return caller;
}

/** Offers events as fast as some callers get their answers. */
export async function offerInTurn(
  port: number,
  events: readonly BenchEvent[],
  callers: number,
): Promise<Offered> {
  const caller = new Caller(port);
  const left = events.values();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (const event of left) {
        await caller.offer(event);
      }
    }),
  );
  caller.close();
  return caller;
}
