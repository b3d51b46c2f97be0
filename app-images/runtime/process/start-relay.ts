import type pg from 'pg';
import type { Logger } from '../telemetry/logging.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import { Publisher } from '../outbox/publisher.ts';
import { OutboxRelay } from '../outbox/relay.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { startPollingLoop, type PollingLoop } from './polling-loop.ts';

/** Options of {@link startRelay}. */
export interface StartRelayOptions {
  /** App id whose outbox is published. */
  readonly producer: string;
  readonly pool: pg.Pool;
  readonly metrics: RuntimeMetrics;
  readonly log: Logger;
  readonly tracing?: Tracing | undefined;
}

/** A relay that runs in the process of an app. */
export interface RunningRelay extends PollingLoop {
  /** Updates the gauges of the outbox: age of the oldest event, and events that were set aside. */
  measure(): Promise<void>;
}

/** Publishes the events in the outbox of an app until it is stopped. */
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
