import { defineApp } from '@cdk8s-event-platform/contracts';
import {
  TaskCompleted,
  TaskCreated,
  TaskDeleted,
  TaskUpdated,
  UserRegistered,
} from '../events/index.ts';

/** Keeps a log of everything that cannot be changed unnoticed. */
export const manifest = defineApp({
  appId: 'todo-audit',
  description: 'Keeps a log of everything that cannot be changed unnoticed.',
  port: 8080,
  source: '/todo/audit',
  subscribes: [UserRegistered, TaskCreated, TaskUpdated, TaskCompleted, TaskDeleted],
  serves: true,
  migrations: [
    {
      name: '0600-todo-audit',
      sql: `CREATE TABLE todo_audit (
  user_id text COLLATE "C" NOT NULL,
  n bigint NOT NULL,
  entry text NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (user_id, n)
);
CREATE FUNCTION todo_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $refuse$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$refuse$;
CREATE TRIGGER todo_audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON todo_audit
  FOR EACH STATEMENT EXECUTE FUNCTION todo_audit_refuse();
CREATE TABLE todo_audit_heads (
  user_id text COLLATE "C" PRIMARY KEY,
  n bigint NOT NULL,
  hash text NOT NULL
);`,
    },
  ],
});
