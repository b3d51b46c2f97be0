import './node-version.ts';

export { type AppManifest, defineApp, type Migration } from './app-manifest.ts';
export {
  defineEvent,
  type EventContract,
  type EventData,
  type EventSchema,
} from './event-contract.ts';
