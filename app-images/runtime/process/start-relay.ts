import type pg from 'pg';
import type { Logger } from '../telemetry/logging.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import { Publisher } from '../outbox/publisher.ts';
import { OutboxRelay } from '../outbox/relay.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { startPollingLoop, type PollingLoop } from './polling-loop.ts';

/** What {@link startRelay} works with. */
export interface StartRelayOptions {
  /** App id whose outbox is published. */
  readonly producer: string;
  readonly pool: pg.Pool;
  readonly metrics: RuntimeMetrics;
  readonly log: Logger;
  readonly tracing?: Tracing | undefined;
}

/** A relay that runs beside an app. */
export interface RunningRelay extends PollingLoop {
  /** Notes how old the oldest event that waits is, and how many were set aside. */
  measure(): Promise<void>;
}

/** Publishes what an app writes into its outbox, until it is stopped. */
export function startRelay(options: StartRelayOptions): RunningRelay {
  const publisher = new Publisher();
  const relay = new OutboxRelay({ ...options, publisher });
  const worker = startPollingLoop({
    name: 'relay',
    poll: () => relay.round(),
    minDelay: 10,
    maxDelay: 500,
    log: options.log,
  });
  return {
    wake: () => worker.wake(),
    measure: () => relay.measure(),
    stop: async () => {
      await worker.stop();
      await relay.release().catch(() => undefined);
      publisher.close();
    },
  };
}
