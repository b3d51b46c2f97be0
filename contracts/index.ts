import './node-version.ts';

export { type AppManifest, defineApp, type Migration } from './app-manifest.ts';
export type {
  Compatibility,
  CompatibilityMode,
  CompatibilityOptions,
  CompatibilityPolicy,
} from './compatibility/option.ts';
export {
  defineEvent,
  type EventContract,
  type EventData,
  type EventSchema,
} from './event-contract.ts';
export type { JobDeclaration, JobOverride, OneTimeJob, RepeatedJob } from './job.ts';
