import type { ConformanceTest } from '../suite.ts';
import { BULK } from './bulk.ts';
import { CALLS } from './calls.ts';
import { JOBS } from './jobs.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { PUBLISHING } from './publishing.ts';
import { RIGHTS } from './rights.ts';
import { SINGLE } from './single.ts';
import { STATE_REFUSALS } from './state-refusals.ts';
import { STATE_TESTS } from './state.ts';

/** Every test, in the order of their topics. */
export const TESTS: readonly ConformanceTest[] = [
  ...PUBLISHING,
  ...RIGHTS,
  ...SINGLE,
  ...BULK,
  ...LIFECYCLE,
  ...JOBS,
  ...CALLS,
  ...STATE_TESTS,
  ...STATE_REFUSALS,
];
