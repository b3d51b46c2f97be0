import { EFFECTS_MIGRATION } from './effects.ts';
import type { Migration } from './image-manifest.ts';
import { INBOX_MIGRATION, QUARANTINE_MIGRATION } from './inbox.ts';
import { OUTBOX_MIGRATION } from './outbox.ts';

/** The platform's own tables, which every database of consumers or producers has. Numbers below 0100 are theirs. */
export const PLATFORM_MIGRATIONS: readonly Migration[] = [
  INBOX_MIGRATION,
  QUARANTINE_MIGRATION,
  OUTBOX_MIGRATION,
  EFFECTS_MIGRATION,
];
