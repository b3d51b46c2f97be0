import type { MetricSource } from '../../constructs/internal.ts';

/** A container port of the run that answers with metrics. */
export interface MetricsPort {
  /** Name of the PodMonitor that selects it. */
  readonly monitor: string;
  /** Name of the container port. */
  readonly port: string;
  /** Name of the pod. */
  readonly pod: string;
  /** Host and port on loopback. */
  readonly address: string;
  /** What answers there. */
  readonly source: MetricSource;
  /** Whether something else answers in its place. @default false */
  readonly standIn?: boolean;
}
