import {
  JOBS_TABLE,
  REQUESTS_TABLE,
  SAGAS_TABLE,
  MIGRATIONS_TABLE,
  SHARED_TABLES,
} from '@cdk8s-event-platform/contracts/interface';
import type { Manifest, PostgresDatabase, SecretReference } from 'cdk8s-event-platform';
import { appsOf, databasesOf, type Difference, type Rendered, topicsOf } from './rendered.ts';

/** Something that a running environment keeps, and what removes it. */
export interface LeftBehind {
  readonly what: string;
  /** A command for the operator. @default - the broker has none that is known here */
  readonly command?: string;
}

function kubectl({ platform }: Rendered): string {
  return `kubectl --namespace ${platform.environment.namespace}`;
}

/** Objects that `kubectl apply` leaves, as kubectl names them. */
function objects(before: Rendered, { removed }: Difference): LeftBehind[] {
  const names = removed.map((key) => {
    const { apiVersion, kind, metadata } = before.objects.get(key)!;
    const [group, version] = apiVersion.split('/');
    return `${kind.toLowerCase()}${version === undefined ? '' : `.${group!}`}/${metadata.name}`;
  });
  return names.length === 0
    ? []
    : [
        {
          what: `${names.length} objects, which kubectl apply does not delete`,
          command: `${kubectl(before)} delete --ignore-not-found ${names.join(' ')}`,
        },
      ];
}

function secretsGone(before: Rendered, after: Rendered | undefined): SecretReference[] {
  const kept = new Set(after?.platform.secrets.map(({ name }) => name));
  return before.platform.secrets.filter(({ name }) => !kept.has(name));
}

function secrets(before: Rendered, gone: readonly SecretReference[]): LeftBehind[] {
  const names = gone.map(({ name }) => name).join(' ');
  return names === ''
    ? []
    : [{ what: `Secrets ${names}`, command: `${kubectl(before)} delete secret ${names}` }];
}

/** The parts of a StatefulSet that are read here. */
interface StatefulSet extends Manifest {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly volumes?: readonly { configMap?: { name?: string } }[] };
    };
  };
}

/** The start of a command that runs Kafka's tools; undefined when no pod of the platform has them. */
function kafkaTools(before: Rendered): string | undefined {
  const manifests = [...before.objects.values()];
  const files = manifests
    .filter((object) => object.kind === 'ConfigMap')
    .filter((object) => 'admin.sh' in ((object as { data?: object }).data ?? {}))
    .map(({ metadata }) => metadata.name);
  const servers = manifests
    .filter((object): object is StatefulSet => object.kind === 'StatefulSet')
    .find(({ spec }) =>
      spec.template.spec.volumes?.some(({ configMap }) => files.includes(configMap?.name ?? '')),
    );
  return servers === undefined
    ? undefined
    : `${kubectl(before)} exec ${servers.metadata.name}-0 -c kafka -- bash /etc/kafka/admin.sh`;
}

/** Topics of a platform, those of dead letters included. */
function topicNames(rendered: Rendered | undefined): string[] {
  return rendered === undefined
    ? []
    : topicsOf(rendered).flatMap(({ name, imported, deadLetterTopics }) => [
        ...(imported ? [] : [name]),
        ...deadLetterTopics,
      ]);
}

function topics(
  before: Rendered,
  after: Rendered | undefined,
  apps: readonly string[],
  users: readonly string[],
): LeftBehind[] {
  const tools = kafkaTools(before);
  const found = (what: string, tool: string): LeftBehind => ({
    what,
    ...(tools !== undefined && { command: `${tools} ${tool}` }),
  });
  const kept = topicNames(after);
  const subscribers = new Set(topicsOf(before).flatMap((topic) => topic.subscribers));
  return [
    ...apps
      .filter((appId) => subscribers.has(appId))
      .map((appId) =>
        found(`consumer group ${appId}`, `kafka-consumer-groups --delete --group ${appId}`),
      ),
    ...topicNames(before)
      .filter((name) => !kept.includes(name))
      .map((name) =>
        found(`topic ${name} with its events`, `kafka-topics --delete --topic ${name}`),
      ),
    ...users.map((user) =>
      found(
        `account ${user} of the broker, with its rights`,
        `kafka-configs --alter --delete-config SCRAM-SHA-512 --entity-type users --entity-name ${user}`,
      ),
    ),
  ];
}

/** The start of a command that runs SQL as the owner of a database. */
function psql(before: Rendered, { server, host, port, database, user }: PostgresDatabase): string {
  return server === undefined
    ? `psql "host=${host} port=${port} dbname=${database} user=${user}"`
    : `${kubectl(before)} exec ${server.statefulSet.name}-0 -- sh -c 'PGPASSWORD="$POSTGRES_PASSWORD" exec psql -h /tmp -U "$POSTGRES_USER" -d ${database} "$@"' psql`;
}

/** Accounts that log in with Secrets: of the broker, named as an app, and roles of a database. */
function accountsOf(
  references: readonly SecretReference[],
  apps: readonly string[],
): { readonly users: string[]; readonly roles: string[] } {
  const names = references.flatMap(({ keys: { username } }) =>
    username?.kind === 'literal' ? [username.value] : [],
  );
  // The platform's own roles have an underscore, and no app id has.
  const isRole = (name: string) => {
    const [, owner] = name.split('.');
    return owner !== undefined && (apps.includes(owner) || owner.includes('_'));
  };
  return { users: names.filter((name) => apps.includes(name)), roles: names.filter(isRole) };
}

/** Tables with rows of an app, and the column that says whose a row is. */
const TABLES: Readonly<Record<string, string>> = {
  ...SHARED_TABLES,
  [JOBS_TABLE]: 'app',
  [REQUESTS_TABLE]: 'app',
  // With its commands.
  [SAGAS_TABLE]: 'app',
};

function rows(before: Rendered, apps: readonly string[], roles: readonly string[]): LeftBehind[] {
  const [database] = databasesOf(before);
  if (database === undefined) {
    return [];
  }
  const run = psql(before, database);
  const migrations = appsOf(before)
    .filter(({ appId }) => apps.includes(appId))
    .flatMap(({ manifest }) => manifest.migrations ?? []);
  return [
    ...apps.map((appId) => ({
      what: `rows of ${appId} in ${Object.keys(TABLES).join(', ')}`,
      command: `${run} ${Object.entries(TABLES)
        .map(([table, column]) => `-c "DELETE FROM ${table} WHERE ${column} = '${appId}'"`)
        .join(' ')}`,
    })),
    ...roles.map((role) => ({
      what: `role ${role}, which has no rights once the Job of the migrations has run again`,
      command: `${run} -c 'DROP ROLE "${role}"'`,
    })),
    ...migrations.map(({ name }) => ({
      what: `what migration ${name} created; its number stays taken by its row in ${MIGRATIONS_TABLE}`,
    })),
  ];
}

/** What a running environment keeps when a declaration is gone. */
export function leftBehind(
  before: Rendered,
  after: Rendered | undefined,
  difference: Difference,
): LeftBehind[] {
  const kept = new Set((after === undefined ? [] : appsOf(after)).map(({ appId }) => appId));
  const apps = appsOf(before).flatMap(({ appId }) => (kept.has(appId) ? [] : [appId]));
  const gone = secretsGone(before, after);
  const { users, roles } = accountsOf(gone, apps);
  return [
    ...objects(before, difference),
    ...topics(before, after, apps, users),
    ...rows(before, apps, roles),
    ...secrets(before, gone),
  ];
}
