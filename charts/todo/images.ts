import { DEAD_LETTER_PROCESSOR } from '@cdk8s-event-platform/contracts/interface';

/** Consumers of the Todo system, and its API, by the folder below `app-images/todo/`. */
const APPS = [
  ...['api', 'notifications', 'analytics', 'search', 'cache-invalidator', 'activity', 'audit'],
  ...['sync', 'gamification', 'comments', 'onboarding', 'web'],
];

/** Folders below `app-images/` of the images that the platform runs, by name. */
export const TODO_IMAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(APPS.map((app) => [`todo-${app}`, `todo/${app}`])),
  [DEAD_LETTER_PROCESSOR.appId]: 'dead-letter-processor',
  'event-tools': 'event-tools',
};
