import { APP_ROLES_MIGRATION } from './app-roles.ts';
import { CLAIMS_MIGRATION } from './claims.ts';
import { EFFECTS_MIGRATION } from './effects.ts';
import { EVENT_STORE_MIGRATION } from './event-store.ts';
import { ANSWER_HEADERS_MIGRATION, IDEMPOTENCY_KEYS_MIGRATION } from './idempotency.ts';
import { JOBS_MIGRATION } from './jobs.ts';
import type { Migration } from '../app-manifest.ts';
import { EVENT_IDENTITY_MIGRATION, INBOX_MIGRATION, QUARANTINE_MIGRATION } from './inbox.ts';
import { PERSONAL_DATA_MIGRATION } from './personal-data.ts';
import { PROJECTIONS_MIGRATION } from './projections.ts';
import { REQUESTS_MIGRATION } from './requests.ts';
import { SAGAS_MIGRATION } from './sagas.ts';
import { OUTBOX_MIGRATION, OUTBOX_SET_ASIDE_MIGRATION } from './outbox.ts';

/** The platform's own tables, which every database of consumers or producers has. Numbers below 0100 are theirs. */
export const PLATFORM_MIGRATIONS: readonly Migration[] = [
  INBOX_MIGRATION,
  QUARANTINE_MIGRATION,
  OUTBOX_MIGRATION,
  EFFECTS_MIGRATION,
  OUTBOX_SET_ASIDE_MIGRATION,
  EVENT_IDENTITY_MIGRATION,
  IDEMPOTENCY_KEYS_MIGRATION,
  APP_ROLES_MIGRATION,
  PERSONAL_DATA_MIGRATION,
  CLAIMS_MIGRATION,
  JOBS_MIGRATION,
  ANSWER_HEADERS_MIGRATION,
  REQUESTS_MIGRATION,
  SAGAS_MIGRATION,
  EVENT_STORE_MIGRATION,
  PROJECTIONS_MIGRATION,
];
