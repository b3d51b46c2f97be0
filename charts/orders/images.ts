import { DEAD_LETTER_PROCESSOR } from '@cdk8s-event-platform/contracts/interface';

/** Apps of the order platform, by the folder below `app-images/orders/`. */
const APPS = [
  'users',
  'orders',
  'orchestrator',
  'orchestrator',
  'payments',
  'inventory',
  'shipping',
  'email',
  'notifications',
  'analytics',
  'audit',
  'crm',
];

/** Folders below `app-images/` of the images that the platform runs, by name. */
export const ORDER_IMAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(APPS.map((app) => [`shop-${app}`, `orders/${app}`])),
  [DEAD_LETTER_PROCESSOR.appId]: 'dead-letter-processor',
  'event-tools': 'event-tools',
};
