import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { RUNTIME_METRICS, SAGA_BOUNDS } from '@cdk8s-event-platform/contracts/interface';

/** How a saga has ended; the `outcome` label of `sagas_ended_total`. */
export type SagaEnd = (typeof SAGA_ENDS)[number];

const SAGA_ENDS = ['completed', 'cancelled'] as const;
const OPEN = ['running', 'undoing', 'stuck'] as const;

/** Sagas that have not ended, as the table has them. */
export interface OpenSagas {
  readonly saga: string;
  readonly step: string;
  readonly status: string;
  /** What the participant of the step is asked for. */
  readonly action: string;
  readonly count: number;
  /** Those among them that somebody should look at, though they are not stuck. */
  readonly overdue: number;
}

/** Metrics of sagas. Labels are names, never ids. */
export class SagaMetrics {
  readonly #started;
  readonly #ended;
  readonly #duration;
  readonly #open;
  readonly #stuck;
  readonly #overdue;
  readonly #ignored;

  public constructor(registry: Registry) {
    const registers = [registry];
    this.#started = new Counter({
      ...{ name: RUNTIME_METRICS.sagasStarted, help: 'Sagas that were started.', registers },
      labelNames: ['saga'],
    });
    this.#ended = new Counter({
      ...{ name: RUNTIME_METRICS.sagasEnded, help: 'Sagas that have ended.', registers },
      labelNames: ['saga', 'outcome'],
    });
    this.#duration = new Histogram({
      ...{ name: RUNTIME_METRICS.sagaDuration, registers },
      help: 'Seconds from the start of a saga to its end.',
      labelNames: ['saga'],
      buckets: [...SAGA_BOUNDS],
    });
    this.#open = new Gauge({
      ...{ name: RUNTIME_METRICS.sagasOpen, help: 'Sagas that have not ended.', registers },
      labelNames: ['saga', 'status'],
    });
    this.#stuck = new Gauge({
      ...{ name: RUNTIME_METRICS.sagasStuck, registers },
      help: 'Sagas that somebody has to retry.',
      labelNames: ['saga', 'step', 'during'],
    });
    this.#overdue = new Gauge({
      ...{ name: RUNTIME_METRICS.sagasOverdue, registers },
      help: 'Sagas that wait for longer than they should.',
      labelNames: ['saga', 'step'],
    });
    this.#ignored = new Counter({
      ...{ name: RUNTIME_METRICS.sagaAnswersIgnored, registers },
      help: 'Answers to commands of sagas without an effect.',
      labelNames: ['saga', 'step', 'reason'],
    });
  }

  /** Exports zeros for a saga: Prometheus does not count the first value of a series as growth. */
  public initialize(saga: string): void {
    this.#started.inc({ saga }, 0);
    SAGA_ENDS.forEach((outcome) => this.#ended.inc({ saga, outcome }, 0));
    this.#duration.zero({ saga });
  }

  public started(saga: string): void {
    this.#started.inc({ saga });
  }

  public ended(saga: string, outcome: SagaEnd, seconds: number): void {
    this.#ended.inc({ saga, outcome });
    this.#duration.observe({ saga }, seconds);
  }

  public ignored(saga: string, step: string, reason: string): void {
    this.#ignored.inc({ saga, step, reason });
  }

  /** Sets the gauges. @param sagas names of all, those of which none is open among them. */
  public measured(sagas: readonly string[], open: readonly OpenSagas[]): void {
    this.#open.reset();
    this.#stuck.reset();
    this.#overdue.reset();
    sagas.forEach((saga) => OPEN.forEach((status) => this.#open.set({ saga, status }, 0)));
    for (const { saga, step, status, action, count, overdue } of open) {
      this.#open.inc({ saga, status }, count);
      this.#overdue.inc({ saga, step }, overdue);
      if (status === 'stuck') {
        this.#stuck.inc({ saga, step, during: action }, count);
      }
    }
  }
}
