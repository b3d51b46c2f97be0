import { DEAD_LETTER_PROCESSOR } from '@cdk8s-event-platform/contracts/interface';

/** Apps of the traffic manager, by the folder below `app-images/traffic/`. */
const APPS = ['api', 'cache-invalidator', 'audit', 'sync', 'prober', 'health', 'gateway'];

/** Folders below `app-images/` of the images that the platform runs, by name. */
export const TRAFFIC_IMAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(APPS.map((app) => [`traffic-${app}`, `traffic/${app}`])),
  [DEAD_LETTER_PROCESSOR.appId]: 'dead-letter-processor',
  'event-tools': 'event-tools',
};
