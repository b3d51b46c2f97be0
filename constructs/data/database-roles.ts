import type { Duration } from 'cdk8s';
import { coded } from '@cdk8s-event-platform/contracts/internal';
import type { k8s } from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import {
  type DatabaseAccess,
  type DatabaseRole,
  DUE_WORK_FUNCTION,
  ERASE_SUBJECT_FUNCTION,
  ERASURE_FUNCTION,
  roleOfApp,
  SAGA_FUNCTIONS,
} from '@cdk8s-event-platform/contracts/interface';
import { DeclarationError } from '../core/errors.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { shortHash } from '../core/names.ts';
import { type SecretReference, SecretValue } from '../security/secret-reference.ts';

/** Schema of the state store's tables, and what their names start with. */
export const STATE_STORE_TABLES = { schema: 'state_store', prefix: 'state_store.dapr_' } as const;

/** Names of the platform's own roles: no app id has an underscore. */
const DUE_WORK = 'due_work';
const STATE_STORE = 'state_store';

/** Bytes of the longest name in PostgreSQL. */
const MAX_NAME = 63;
/** Digits of a hash that stand for a database, at least: an app id has 58 characters at most. */
const MIN_HASH = 4;

/**
 * Name of a role. Roles belong to the server, so the database stands in front; a hash of it where the name would
 * be too long, or one that PostgreSQL reserves.
 */
export function roleName(database: string, name: string): string {
  const room = MAX_NAME - 1 - name.length;
  const fits = database.length <= room && !database.startsWith('pg_');
  return `${fits ? database : shortHash(database).slice(0, room)}.${name}`;
}

/** What stands in front of the dot in names of roles of a database. */
function rolePrefixes(database: string): string[] {
  const hash = shortHash(database);
  const hashes = Array.from({ length: hash.length - MIN_HASH + 1 }, (_, more) =>
    hash.slice(0, MIN_HASH + more),
  );
  return [database, ...hashes];
}

/** Properties of {@link DatabaseRoles}. */
export interface DatabaseRolesProps {
  /** Name that Secrets have. */
  readonly name: string;
  readonly database: string;
  /** libpq's connection string, with `${username}` and `${password}`. */
  readonly connectionString: string;
}

/** What an operator erases people and asks for sagas with, in the pod that has the dead letters. */
const OPERATING_FUNCTIONS = [
  `${ERASE_SUBJECT_FUNCTION}(text)`,
  `${ERASURE_FUNCTION}(text)`,
  ...SAGA_FUNCTIONS,
];

/** The roles that log in to a database beside its owner: one for each app, for the state store, and for KEDA. */
export class DatabaseRoles {
  readonly #scope: IConstruct;
  readonly #props: DatabaseRolesProps;
  /** By name. */
  readonly #roles = new Map<
    string,
    { readonly role: DatabaseRole; readonly secret: SecretReference }
  >();

  public constructor(scope: IConstruct, props: DatabaseRolesProps) {
    this.#scope = scope;
    this.#props = props;
  }

  /** The role of an app. */
  public ofApp(manifest: AppManifest): SecretReference {
    const role = roleName(this.#props.database, manifest.appId);
    return this.#add(`${manifest.appId}-${this.#props.name}`, roleOfApp(role, manifest));
  }

  /** Lets an app see the quarantine of all consumers. */
  public collect(appId: string): void {
    const name = roleName(this.#props.database, appId);
    const known = this.#roles.get(name);
    if (known === undefined) {
      throw new DeclarationError(
        this.#scope,
        ...coded(
          'EP5004',
          `app '${appId}' has no role that could see the quarantine: call addApp with its manifest first`,
        ),
      );
    }
    const { role, secret } = known;
    const functions = [...(role.functions ?? []), ...OPERATING_FUNCTIONS];
    this.#roles.set(name, { role: { ...role, functions, collects: true }, secret });
  }

  /** The role that counts what waits for apps, and sees nothing else. */
  public dueWork(): SecretReference {
    const role = roleName(this.#props.database, DUE_WORK);
    const functions = [`${DUE_WORK_FUNCTION}(text)`];
    return this.#add(`${this.#props.name}-due-work`, { role, functions });
  }

  /** The role of Dapr's state store, with a schema of its own. */
  public stateStore(): SecretReference {
    const role = roleName(this.#props.database, STATE_STORE);
    const { schema } = STATE_STORE_TABLES;
    return this.#add(`${this.#props.name}-state-store`, { role, schema }, true);
  }

  /** What each role is for. */
  public access(inboxRetention: Duration): DatabaseAccess {
    const roles = this.#sorted().map(({ role }) => role);
    return {
      prefixes: rolePrefixes(this.#props.database),
      roles,
      inboxDays: inboxRetention.toDays(),
    };
  }

  /** A volume with the password of each role, in a folder of its name. */
  public volume(name: string): k8s.Volume {
    const sources = this.#sorted().map(({ role, secret }) => ({
      secret: { name: secret.name, items: [{ key: 'password', path: `${role.role}/password` }] },
    }));
    return sources.length === 0 ? { name, emptyDir: {} } : { name, projected: { sources } };
  }

  #sorted() {
    return [...this.#roles.values()].sort((a, b) => (a.role.role < b.role.role ? -1 : 1));
  }

  #add(name: string, role: DatabaseRole, withConnectionString = false): SecretReference {
    const known = this.#roles.get(role.role);
    if (known !== undefined) {
      return known.secret;
    }
    const secret: SecretReference = {
      name,
      keys: {
        username: SecretValue.literal(role.role),
        password: SecretValue.random(),
        ...(withConnectionString && {
          'connection-string': SecretValue.template(this.#props.connectionString),
        }),
      },
    };
    EventPlatform.of(this.#scope).addSecret(secret);
    this.#roles.set(role.role, { role, secret });
    return secret;
  }
}
