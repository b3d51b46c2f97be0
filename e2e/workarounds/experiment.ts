import type { BrokerName } from '../../testkit/brokers/index.ts';
import type { Lab, LabApp } from './lab.ts';

/** The result of one side of an experiment. */
export interface Arm {
  /** Whether the fault showed. */
  readonly shows: boolean;
  /** What was counted. */
  readonly summary: string;
}

/** The result of an experiment. */
export interface Observation {
  /** Without the workaround: the fault must show. */
  readonly without: Arm;
  /** With it, or with what it makes superfluous: the fault must not show. @default - nothing works around it */
  readonly with?: Arm;
}

/** A fault of Dapr, brought about on a real sidecar and a real broker. */
export interface Experiment {
  /** Broker that it needs. */
  readonly broker: BrokerName;
  /** Apps that the broker is provisioned for. */
  readonly apps: readonly LabApp[];
  /**
   * Brings the fault about.
   *
   * @throws Error when that could not be tried.
   */
  run(lab: Lab): Promise<Observation>;
}
