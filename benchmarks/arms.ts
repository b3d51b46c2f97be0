/** One way to consume events. */
export interface Arm {
  /** Name of the program in `consumers/`. */
  readonly name: string;
  readonly description: string;
  /** Whether the sidecar delivers up to a hundred events at a time. */
  readonly bulk: boolean;
  /** Whether the program subscribes by itself; otherwise a Subscription is written for it. */
  readonly subscribesItself: boolean;
  /** Effects of one measurement: a few seconds' worth. */
  readonly effects: number;
}

/** Consumers behind a sidecar. The second is what the others are compared with. */
export const ARMS: readonly Arm[] = [
  {
    name: 'runtime-bulk',
    description: "this project's runtime, `batch`, bulk delivery",
    bulk: true,
    subscribesItself: false,
    effects: 20_000,
  },
  {
    name: 'runtime-each-bulk',
    description: "this project's runtime, `each`, bulk delivery",
    bulk: true,
    subscribesItself: false,
    effects: 8_000,
  },
  {
    name: 'source',
    description: "tutorials' handler on node:http",
    bulk: false,
    subscribesItself: false,
    effects: 3_000,
  },
  {
    name: 'daprserver-single',
    description: "tutorials' handler on DaprServer",
    bulk: false,
    subscribesItself: true,
    effects: 3_000,
  },
  {
    name: 'daprserver-bulk',
    description: "tutorials' handler on DaprServer, bulk delivery",
    bulk: true,
    subscribesItself: true,
    effects: 3_000,
  },
  {
    name: 'daprserver-runtime-tx',
    description: 'inbox and effect in one transaction on DaprServer',
    bulk: false,
    subscribesItself: true,
    effects: 3_000,
  },
];

/** What the others are compared with. */
export const BASELINE = 'source';

/** What is wrong with the events of a topic. */
export type VariantName = 'clean' | 'poison' | 'poison-db' | 'duplicates';

/** A topic of events. */
export interface Variant {
  readonly name: VariantName;
  readonly title: string;
  readonly topic: string;
  /** Arms that are measured on it. @default - all */
  readonly only?: readonly string[];
}

/** The variant that the others are compared with. */
export const CLEAN: Variant = { name: 'clean', title: 'clean', topic: 'bench-clean' };

export const VARIANTS: readonly Variant[] = [
  CLEAN,
  { name: 'poison', title: 'poison 1 %', topic: 'bench-poison' },
  {
    name: 'poison-db',
    title: 'poison-db 1 %',
    topic: 'bench-poison-db',
    only: ['runtime-bulk'],
  },
  { name: 'duplicates', title: 'duplicates 10 %', topic: 'bench-duplicates' },
];

/** Whether an arm is measured on a variant. */
export function measured(arm: Arm, variant: Variant): boolean {
  return variant.only?.includes(arm.name) ?? true;
}
