import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Size } from 'cdk8s';
import { dump } from 'js-yaml';
import { taskPlatform } from '../../charts/tasks/task-platform.ts';
import { EXAMPLE_MAIL } from '../../charts/tasks/example-mail.ts';
import {
  DEFAULT_IMAGES,
  Environment,
  type EventPlatform,
  KafkaCluster,
  MetricSource,
  NotificationTarget,
  renderPlatform,
} from '../../constructs/internal.ts';
import { type KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import {
  CertificateAuthority,
  type IssuedCertificate,
  issueCertificates,
} from '../../testkit/brokers/certificates.ts';
import type { Kubectl } from '../../testkit/kubernetes/kubectl.ts';

const DIST = join(import.meta.dirname, '..', '..', 'dist');
const REGISTRY = 'registry.example.com/task-platform';

/** An environment of `dist/` that runs in a cluster. */
export interface ClusterEnvironment {
  readonly name: EnvironmentName;
  /** Folder with the rendered files. */
  readonly dist: string;
  readonly manifests: Manifests;
  /** Namespace that the pod of the database is in. */
  readonly databaseNamespace: string;
  /** Service of the mail sink. */
  readonly mailSink: { readonly namespace: string; readonly name: string };
  /** Values of Secrets that only its owner knows, as `npm run secrets` takes them. */
  readonly given: readonly string[];
  /** Name of one of the project's images, as manifests have it. */
  readonly image: (name: string) => string;
  /** What answers to scrapes, besides the apps and their sidecars. */
  readonly sources: readonly MetricSource[];
  /** What is other than in `dist/`, and what stands in for something. */
  readonly notes: readonly string[];
  /** Creates what must exist before the first file is applied. */
  readonly prepare: (kubectl: Kubectl) => Promise<void>;
}

/** Environments that run in a cluster. */
export const ENVIRONMENT_NAMES = ['local', 'production'] as const;

/** Name of one of them. */
export type EnvironmentName = (typeof ENVIRONMENT_NAMES)[number];

/** Gets an environment ready to be applied. @param folder for what it writes. */
export function clusterEnvironment(
  name: EnvironmentName,
  folder: string,
): Promise<ClusterEnvironment> {
  return name === 'local' ? Promise.resolve(local()) : production(folder);
}

function local(): ClusterEnvironment {
  const dist = join(DIST, 'tasks', 'local');
  const manifests = Manifests.read(dist);
  return {
    name: 'local',
    dist,
    manifests,
    databaseNamespace: manifests.namespace,
    mailSink: { namespace: manifests.namespace, name: 'mail-sink' },
    given: [],
    image: (image) => `${image}:local`,
    sources: [],
    notes: [],
    prepare: () => Promise.resolve(),
  };
}

/** Namespace of what another team runs: the database and the mail server. */
const OTHERS = 'others';
const DATABASE_HOST = `postgres.${OTHERS}.svc.cluster.local`;
const MAIL_HOST = `mail.${OTHERS}.svc.cluster.local`;
/** Ports of the mail server: one that a pod without rights can have, and its API. */
const MAIL_PORTS = { smtp: 2587, http: 8025 };

/**
 * `production` as its owner would deploy it, with the values that only they know: a database server
 * and a mail server outside of the platform, with certificates of their own authority. Brokers are smaller, so that three
 * of them and three controllers fit on one machine, and need no node of their own.
 */
async function production(folder: string): Promise<ClusterEnvironment> {
  mkdirSync(folder, { recursive: true });
  const authority = await CertificateAuthority.create(join(folder, 'database'));
  const password = randomUUID();
  const platform = taskPlatform(
    Environment.production({
      images: { registry: REGISTRY, tag: '0.1.0' },
      postgres: { host: DATABASE_HOST, certificateAuthority: authority.certificate },
    }),
    {
      broker: (scope) =>
        new KafkaCluster(scope, 'kafka', {
          memory: Size.gibibytes(1),
          storage: Size.gibibytes(10),
        }),
      notifications: NotificationTarget.smtp({
        host: MAIL_HOST,
        port: MAIL_PORTS.smtp,
        from: 'Tasks <tasks@example.com>',
        to: '{recipient}@example.com',
        credentials: EXAMPLE_MAIL.credentials!,
      }),
    },
  );
  const dist = join(folder, 'production');
  writeForOneNode(platform, dist);
  const manifests = Manifests.read(dist);
  return {
    name: 'production',
    dist,
    manifests,
    databaseNamespace: OTHERS,
    mailSink: { namespace: OTHERS, name: 'mail' },
    given: [
      ...['--set', `postgres-credentials.password=${password}`],
      ...['--set', 'smtp-credentials.username=tasks'],
      ...['--set', `smtp-credentials.password=${password}`],
    ],
    image: (image) => `${REGISTRY}/${image}:0.1.0`,
    sources: [MetricSource.KAFKA_JMX],
    notes: [
      'brokers of 1 GiB instead of 4, with volumes of 10 GiB, and no node of their own for each',
      'certificates are made of the rendered Certificates by openssl: no registry serves cert-manager',
      `database and mail server are PostgreSQL and Mailpit in the namespace ${OTHERS}, with TLS`,
    ],
    prepare: async (kubectl) => {
      await kubectl.run(['apply', '-f', join(dist, '10-namespace.yaml')]);
      await kubectl.install(await issueCertificates(manifests, join(folder, 'certificates')));
      const issue = (name: string, host: string) =>
        authority.issue(name, { commonName: name, dnsNames: [host], usages: ['server auth'] });
      await kubectl.install([
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: OTHERS } },
        ...databaseServer(password, await issue('postgres', DATABASE_HOST)),
        ...mailServer(password, await issue('mail', MAIL_HOST)),
      ]);
      await kubectl.api.allReady(OTHERS, 120);
    },
  };
}

/** Writes the files of a platform; where it wants a node for each pod, it gets along with one. */
function writeForOneNode(platform: EventPlatform, folder: string): void {
  mkdirSync(folder);
  for (const { layer, objects } of renderPlatform(platform)) {
    const documents = structuredClone(objects) as unknown as {
      spec?: { template?: { spec: { affinity?: object } } };
    }[];
    documents.forEach(({ spec }) => delete spec?.template?.spec.affinity);
    const text = documents.map((document) => `---\n${dump(document, { noRefs: true })}`).join('');
    writeFileSync(join(folder, `${layer}.yaml`), text);
  }
}

/** The server of `dist/tasks/local` as another team's: in a namespace of its own, with TLS alone. */
function databaseServer(password: string, { key, certificate }: IssuedCertificate): object[] {
  const rendered = Manifests.read(join(DIST, 'tasks', 'local'));
  const metadata = (name: string) => ({ name, namespace: OTHERS });
  const server = structuredClone(rendered.only('StatefulSet', 'postgres')) as KubernetesObject & {
    metadata: { namespace: string };
    spec: { template: { spec: { volumes: object[]; containers: [ServerContainer] } } };
  };
  server.metadata.namespace = OTHERS;
  const [container] = server.spec.template.spec.containers;
  container.command = container.command.map((part) =>
    part
      .replace("echo 'host all", "echo 'hostssl all")
      .replace(
        'exec postgres',
        'exec postgres -c ssl=on -c ssl_cert_file=/etc/tls/tls.crt -c ssl_key_file=/etc/tls/tls.key',
      ),
  );
  container.volumeMounts.push({ name: 'tls', mountPath: '/etc/tls', readOnly: true });
  server.spec.template.spec.volumes.push({
    name: 'tls',
    secret: { secretName: 'postgres-tls', defaultMode: 0o640 },
  });
  const service = structuredClone(rendered.only('Service', 'postgres'));
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('postgres-credentials'),
      stringData: { username: 'event_platform', password },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('postgres-tls'),
      stringData: { 'tls.key': key, 'tls.crt': certificate },
    },
    { ...service, metadata: { ...service.metadata, namespace: OTHERS } },
    server,
  ];
}

interface ServerContainer {
  command: string[];
  readonly volumeMounts: object[];
}

/** The mail sink as another team's mail server: with STARTTLS and a login. */
function mailServer(password: string, { key, certificate }: IssuedCertificate): object[] {
  const metadata = { name: 'mail', namespace: OTHERS };
  const labels = { 'app.kubernetes.io/name': metadata.name };
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      stringData: { 'tls.key': key, 'tls.crt': certificate, users: `tasks:${password}` },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              {
                name: 'mailpit',
                image: DEFAULT_IMAGES.mailpit,
                command: ['/mailpit'],
                args: [
                  `--smtp=0.0.0.0:${MAIL_PORTS.smtp}`,
                  `--listen=0.0.0.0:${MAIL_PORTS.http}`,
                  '--smtp-tls-cert=/etc/mail/tls.crt',
                  '--smtp-tls-key=/etc/mail/tls.key',
                  '--smtp-require-starttls',
                  '--smtp-auth-file=/etc/mail/users',
                  '--ignore-duplicate-ids',
                  '--smtp-disable-rdns',
                  '--disable-version-check',
                ],
                readinessProbe: {
                  httpGet: { path: '/readyz', port: MAIL_PORTS.http },
                  periodSeconds: 1,
                },
                volumeMounts: [{ name: 'files', mountPath: '/etc/mail', readOnly: true }],
              },
            ],
            volumes: [{ name: 'files', secret: { secretName: metadata.name } }],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: labels,
        ports: Object.entries(MAIL_PORTS).map(([name, port]) => ({ name, port })),
      },
    },
  ];
}
