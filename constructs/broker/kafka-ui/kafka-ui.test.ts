import { describe, expect, it } from 'vitest';
import { Environment, type EventPlatform } from '../../platform/index.ts';
import { podsOfNamespace } from '../../security/index.ts';
import { type AnyManifest, inProduction, TestPlatform } from '../../testing/fixtures.ts';
import { strimzi } from '../../testing/strimzi.ts';
import { problemsWithStrimzi } from '../../testing/strimzi-problems.ts';
import { manifestProblems } from '../../testing/manifest-problems.ts';
import { accessScript } from '../kafka/access-script.ts';
import { ExternalKafkaAuthentication } from '../external-kafka/external-authentication.ts';
import { ExternalKafka } from '../external-kafka/external-kafka.ts';
import { KafkaAccess } from '../kafka-protocol/kafka-access.ts';
import { KafkaSecurity } from '../kafka/kafka-security.ts';
import { KafkaUi, type KafkaUiProps } from './kafka-ui.ts';

const production = inProduction({ postgres: { host: 'postgres.example.com' } });

function withUi(
  environment = Environment.local(),
  props: Partial<KafkaUiProps> = {},
  security?: KafkaSecurity,
): TestPlatform & { readonly ui: KafkaUi } {
  const test = new TestPlatform(environment, security && { security });
  test.producer();
  test.consumer();
  const ui = new KafkaUi(test.platform, 'kafka-ui', { broker: test.broker, ...props });
  return Object.assign(test, { ui });
}

/** A page for a Kafka that somebody else runs. */
function withExternal(
  authentication: ExternalKafkaAuthentication,
  environment = Environment.local(),
  props: Partial<KafkaUiProps> = {},
): TestPlatform<ExternalKafka> {
  const broker = (platform: EventPlatform) =>
    new ExternalKafka(platform, 'kafka', {
      bootstrapServers: ['kafka.example.com:9094'],
      authentication,
    });
  const test = new TestPlatform(environment, broker);
  test.producer();
  new KafkaUi(test.platform, 'kafka-ui', { broker: test.broker, ...props });
  return test;
}

function container(test: { object: TestPlatform['object'] }): AnyManifest {
  const [found] = test.object('Deployment', 'kafka-ui').spec.template.spec.containers;
  return found as AnyManifest;
}

/** Environment of the page; a value of a Secret is written `<secret>.<key>`. */
function env(test: { object: TestPlatform['object'] }): Record<string, string> {
  const variables = container(test).env as {
    name: string;
    value?: string;
    valueFrom?: { secretKeyRef: { name: string; key: string } };
  }[];
  return Object.fromEntries(
    variables.map(({ name, value, valueFrom }) => [
      name,
      value ?? `${valueFrom!.secretKeyRef.name}.${valueFrom!.secretKeyRef.key}`,
    ]),
  );
}

/** What the account of the page may do. */
function rights(test: TestPlatform): string[] {
  const script = test.script('kafka-topics');
  return [...script.matchAll(/^kafka-ui (.*)$/gm)].map(([, right]) => right!).sort();
}

const LOOK = [
  'describe cluster kafka-cluster',
  'describe group *',
  'describe topic *',
  'describeconfigs cluster kafka-cluster',
  'describeconfigs topic *',
];

describe('KafkaUi', () => {
  it('asks who somebody is, in every environment', () => {
    for (const test of [withUi(), withUi(production)]) {
      expect(env(test)).toMatchObject({
        AUTH_TYPE: 'LOGIN_FORM',
        SPRING_SECURITY_USER_NAME: 'kafka-ui-login.username',
        SPRING_SECURITY_USER_PASSWORD: 'kafka-ui-login.password',
        DYNAMIC_CONFIG_ENABLED: 'false',
      });
      expect(test.ui.login).toEqual({
        name: 'kafka-ui-login',
        keys: {
          username: { kind: 'literal', value: 'admin' },
          password: { kind: 'random' },
        },
      });
      expect(test.platform.secrets).toContain(test.ui.login);
    }
  });

  it('asks nobody where that is declared, but not in production', () => {
    const test = withUi(Environment.local(), { authentication: false });
    expect(env(test)).toMatchObject({ AUTH_TYPE: 'DISABLED' });
    expect(env(test)).not.toHaveProperty('SPRING_SECURITY_USER_NAME');
    expect(test.ui.login).toBeUndefined();
    expect(test.platform.secrets.map(({ name }) => name)).not.toContain('kafka-ui-login');
    expect(() => withUi(production, { authentication: false })).toThrow(
      'test/kafka-ui: authentication (false) would show Kafka to anyone who reaches the page in production: leave it on',
    );
  });

  it('changes nothing in production', () => {
    expect(env(withUi(production)).KAFKA_CLUSTERS_0_READONLY).toBe('true');
    expect(env(withUi()).KAFKA_CLUSTERS_0_READONLY).toBe('false');
    expect(env(withUi(undefined, { readOnly: true })).KAFKA_CLUSTERS_0_READONLY).toBe('true');
    expect(() => withUi(production, { readOnly: false })).toThrow(
      /^test\/kafka-ui: readOnly \(false\) .* in production.*: leave it out, and change the declaration instead \[EP5005\]$/,
    );
  });

  it('has an account that may look, and read no message', () => {
    expect(rights(withUi(production))).toEqual(LOOK);
  });

  it('reads messages where that is declared', () => {
    expect(rights(withUi(production, { messages: true }))).toEqual([...LOOK, 'read topic *']);
  });

  it('may change topics and groups where it is not read-only', () => {
    const test = withUi(Environment.local(), {}, KafkaSecurity.scramOverTls());
    expect(rights(test)).toEqual(
      [
        ...LOOK,
        'alter topic *',
        'alterconfigs topic *',
        'create topic *',
        'delete group *',
        'delete topic *',
        'read group *',
      ].sort(),
    );
  });

  it('logs in with the password from its Secret, and trusts the authority of the brokers', () => {
    const test = withUi(production);
    const variables = env(test);
    expect(variables).toMatchObject({
      BROKER_USERNAME: 'kafka-ui-broker.username',
      BROKER_PASSWORD: 'kafka-ui-broker.password',
      KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: 'kafka.event-driven.svc.cluster.local:9092',
      KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_CLUSTERS_0_PROPERTIES_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_CLUSTERS_0_PROPERTIES_SASL_JAAS_CONFIG:
        'org.apache.kafka.common.security.scram.ScramLoginModule required username="$(BROKER_USERNAME)" password="$(BROKER_PASSWORD)";',
      KAFKA_CLUSTERS_0_PROPERTIES_SSL_TRUSTSTORE_TYPE: 'PEM',
      KAFKA_CLUSTERS_0_PROPERTIES_SSL_TRUSTSTORE_LOCATION: '/etc/kafka-authority/ca.crt',
    });
    // Kubernetes knows only variables that stand further up.
    const order = Object.keys(variables);
    expect(order.indexOf('BROKER_PASSWORD')).toBeLessThan(
      order.indexOf('KAFKA_CLUSTERS_0_PROPERTIES_SASL_JAAS_CONFIG'),
    );
    expect(test.object('Deployment', 'kafka-ui').spec.template.spec.volumes).toContainEqual({
      name: 'authority',
      secret: { secretName: 'kafka-tls', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    });
    expect(test.platform.secrets.map(({ name }) => name)).toContain('kafka-ui-broker');
  });

  it('needs no login where Kafka asks for none', () => {
    const names = Object.keys(env(withUi()));
    expect(names.filter((name) => /PROPERTIES|BROKER/.test(name))).toEqual([]);
  });

  it('runs restricted, and says how it is', () => {
    const test = withUi(production);
    const { spec } = test.object('Deployment', 'kafka-ui').spec.template;
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container(test).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
    expect(container(test).volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      expect(container(test)[probe].httpGet).toEqual({ path: '/actuator/health', port: 'http' });
    }
    expect(container(test).image).toBe('ghcr.io/kafbat/kafka-ui:v1.5.0');
  });

  it('connects to the broker alone, which lets it in', () => {
    const test = withUi();
    const policy = test.object('NetworkPolicy', 'kafka-ui').spec;
    expect(policy.policyTypes).toEqual(['Egress']);
    expect(policy.egress).toHaveLength(1);
    expect(policy.egress[0].ports).toEqual([{ port: 9092, protocol: 'TCP' }]);
    const clients = test
      .object('NetworkPolicy', 'kafka')
      .spec.ingress.map(({ from }: AnyManifest) => JSON.stringify(from)) as string[];
    expect(clients.filter((from) => from.includes('"kafka-ui"'))).toHaveLength(1);
  });

  it('lets in whom it is told to', () => {
    const gateway = podsOfNamespace('ingress-nginx');
    const test = withUi(Environment.local(), { ingress: [gateway] });
    expect(test.object('NetworkPolicy', 'kafka-ui').spec.ingress).toEqual([
      { from: [gateway], ports: [{ port: 8080, protocol: 'TCP' }] },
    ]);
    expect(test.object('Service', 'kafka-ui').spec.ports).toEqual([
      { name: 'http', port: 80, targetPort: 'http' },
    ]);
  });

  it('refuses to promise what a Kafka without accounts cannot keep', () => {
    const none = KafkaSecurity.none();
    expect(() => withUi(production, {}, none)).toThrow(
      /kafka-ui: messages \(false\) cannot be kept, since the broker accepts anonymous clients: .*'messages: true'/,
    );
    expect(() => withUi(production, { messages: true }, none)).not.toThrow();
  });

  it('is rendered as its schemas say, the same each time', () => {
    for (const environment of [Environment.local(), production]) {
      const own = () => {
        const test = withUi(environment);
        return test.objects().filter(({ metadata }) => metadata.name === 'kafka-ui');
      };
      expect(own().map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'NetworkPolicy']);
      expect(manifestProblems(own())).toEqual([]);
      expect(own()).toEqual(own());
    }
  });

  it('renders as before in production', () => {
    const objects = withUi(production).objects();
    expect(objects.filter(({ metadata }) => metadata.name === 'kafka-ui')).toMatchSnapshot();
  });
});

describe('KafkaUi of a Kafka that somebody else runs', () => {
  it('logs in as that Kafka asks, with an account of its own', () => {
    const test = withExternal(
      ExternalKafkaAuthentication.scramSha512({ certificateAuthority: { secret: 'theirs' } }),
      production,
    );
    expect(env(test)).toMatchObject({
      BROKER_PASSWORD: 'kafka-ui-broker.password',
      KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: 'kafka.example.com:9094',
      KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_CLUSTERS_0_PROPERTIES_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_CLUSTERS_0_PROPERTIES_SSL_TRUSTSTORE_LOCATION: '/etc/kafka-authority/ca.crt',
    });
    expect(test.platform.secrets.map(({ name }) => name)).toContain('kafka-ui-broker');
    expect(test.object('NetworkPolicy', 'kafka-ui').spec.egress).toEqual([
      { ports: [{ port: 9094, protocol: 'TCP' }] },
    ]);
  });

  it('uses TLS without a login where there is an authority alone', () => {
    const authentication = ExternalKafkaAuthentication.none({
      certificateAuthority: { secret: 'theirs', key: 'authority.pem' },
    });
    const test = withExternal(authentication);
    expect(env(test)).toMatchObject({
      KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL: 'SSL',
      KAFKA_CLUSTERS_0_PROPERTIES_SSL_TRUSTSTORE_TYPE: 'PEM',
    });
    expect(env(test)).not.toHaveProperty('KAFKA_CLUSTERS_0_PROPERTIES_SASL_MECHANISM');
    expect(() => withExternal(authentication, production)).toThrow(/accepts anonymous clients/);
  });

  it('has no identity of AWS', () => {
    expect(() =>
      withExternal(ExternalKafkaAuthentication.mskIam({ region: 'eu-central-1' })),
    ).toThrow(
      /^test\/kafka: '.*' admits AWS identities.*: use ExternalKafkaAuthentication\.mskScram\(\)/,
    );
  });

  it('says so when one account of all may read messages', () => {
    const shared = ExternalKafkaAuthentication.scramSha512({ sharedSecret: 'everybody' });
    expect(() => withExternal(shared, production)).toThrow(
      /messages \(false\) cannot be kept, since all clients of '.*' share one account/,
    );
    const test = withExternal(shared, production, { messages: true });
    expect(env(test)).toMatchObject({ BROKER_PASSWORD: 'everybody.password' });
  });
});

describe('rights on the cluster', () => {
  it('are given without a name, for of clusters there is one', () => {
    const access = new KafkaAccess();
    access.inspect('kafka-ui', { messages: false, changes: false });
    const script = accessScript(access.users, access.rules);
    expect(script).toContain('kafka-ui describeconfigs cluster kafka-cluster\n');
    expect(script).toContain('[ "$resource" = cluster ] || arguments+=("$name")');
  });
});

describe('KafkaUi of a Kafka of Strimzi', () => {
  it('has a user that sees everything, reads no message and changes nothing', () => {
    const test = strimzi();
    new KafkaUi(test.platform, 'kafka-ui', { broker: test.broker });
    const { acls } = test.object('KafkaUser', 'kafka-ui').spec.authorization as {
      acls: { resource: { type: string; name?: string }; operations: string[] }[];
    };
    expect(
      acls.map(({ resource: { type, name = '' }, operations }) => [type, name, ...operations]),
    ).toEqual([
      ['cluster', '', 'Describe'],
      ['cluster', '', 'DescribeConfigs'],
      ['group', '*', 'Describe'],
      ['topic', '*', 'Describe'],
      ['topic', '*', 'DescribeConfigs'],
    ]);
    expect(env(test)).toMatchObject({
      BROKER_PASSWORD: 'kafka-ui-broker.password',
      KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_CLUSTERS_0_PROPERTIES_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_CLUSTERS_0_PROPERTIES_SSL_TRUSTSTORE_LOCATION: '/etc/kafka-authority/ca.crt',
    });
    expect(problemsWithStrimzi(test.objects())).toEqual([]);
  });

  it('connects without a login where nobody logs in', () => {
    const test = strimzi({}, Environment.local());
    new KafkaUi(test.platform, 'kafka-ui', { broker: test.broker });
    expect(env(test)).not.toHaveProperty('KAFKA_CLUSTERS_0_PROPERTIES_SASL_MECHANISM');
  });
});
