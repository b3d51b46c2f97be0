import { describe, expect, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import type { Environment } from '../platform/index.ts';
import { SecretValue } from '../security/index.ts';
import {
  type AnyManifest,
  inProduction,
  orderProcessor,
  TestPlatform,
} from '../testing/fixtures.ts';
import { MailSink, NotificationTarget } from './index.ts';

const notifier = defineApp({ ...orderProcessor, notifies: true });
const postgres = { host: 'db.example.com' };
const smtp = { host: 'smtp.example.com', from: 'a@example.com', to: '{recipient}@example.com' };
const credentials = {
  name: 'smtp-credentials',
  keys: { username: SecretValue.external('user'), password: SecretValue.external('password') },
};

/** The variables that the consumer's container has, by name. */
function variables(test: TestPlatform): Record<string, unknown> {
  const { spec } = test.object('Deployment', 'order-processor').spec.template as {
    spec: { containers: [{ env: { name: string; value?: string; valueFrom?: unknown }[] }] };
  };
  return Object.fromEntries(
    spec.containers[0].env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]),
  );
}

function withNotifier(notifications: NotificationTarget | undefined, environment?: Environment) {
  const test = new TestPlatform(environment);
  test.producer();
  test.consumer(notifications === undefined ? {} : { notifications }, notifier);
  return test;
}

/** Ports of egress rules of the consumer. */
function egress(test: TestPlatform): unknown[] {
  const { egress: rules } = test.object('NetworkPolicy', 'order-processor').spec as {
    egress: AnyManifest[];
  };
  return rules.flatMap(({ ports }) => (ports as { port: number }[]).map(({ port }) => port));
}

describe('a mail server', () => {
  it('is what the app is told, with its Secret and a way to it', () => {
    const target = NotificationTarget.smtp({ ...smtp, credentials });
    const test = withNotifier(target, inProduction({ postgres }));
    const secret = (key: string) => ({ secretKeyRef: { name: 'smtp-credentials', key } });
    expect(variables(test)).toMatchObject({
      SMTP_HOST: 'smtp.example.com',
      SMTP_PORT: '587',
      SMTP_SECURITY: 'starttls',
      MAIL_FROM: 'a@example.com',
      MAIL_TO: '{recipient}@example.com',
      SMTP_USER: secret('username'),
      SMTP_PASSWORD: secret('password'),
    });
    expect(egress(test)).toContain(587);
    expect(test.platform.secrets.map(({ name }) => name)).toContain('smtp-credentials');
  });

  it('has the port of TLS when it speaks TLS from the first byte', () => {
    const test = withNotifier(NotificationTarget.smtp({ ...smtp, security: 'tls' }));
    expect(variables(test)).toMatchObject({ SMTP_PORT: '465', SMTP_SECURITY: 'tls' });
  });

  it.each([
    [{ host: 'smtp://mail' }, "host 'smtp://mail' is not a host name"],
    [{ port: 70_000 }, 'port 70000 is not a TCP port'],
    [{ from: 'tasks' }, "from 'tasks' is not a mail address"],
    [{ from: 'a@b\r\nBcc: c@d' }, 'is not a mail address'],
    [{ to: 'everybody@example.com' }, 'is the same for everybody: put {recipient}'],
    [{ credentials: { name: 's', keys: {} } }, "Secret 's' has no key 'username', 'password'"],
  ])('that cannot be used is refused: %o', (change, problem) => {
    const target = NotificationTarget.smtp({ ...smtp, ...change });
    expect(() => withNotifier(target)).toThrow(problem);
  });

  it('that is reached in the clear is refused in production', () => {
    const target = NotificationTarget.smtp({ ...smtp, security: 'none' });
    expect(() => withNotifier(target, inProduction({ postgres }))).toThrow(
      'would cross the network in the clear in production',
    );
    expect(() => withNotifier(target)).not.toThrow();
  });
});

describe('a webhook', () => {
  it('is what the app is told', () => {
    const token = { name: 'sms', keys: { token: SecretValue.external('token') } };
    const url = 'https://sms.example.com:8443/v1';
    const test = withNotifier(NotificationTarget.webhook({ url, credentials: token }));
    expect(variables(test)).toMatchObject({
      NOTIFICATION_URL: url,
      NOTIFICATION_TOKEN: { secretKeyRef: { name: 'sms', key: 'token' } },
    });
    expect(egress(test)).toContain(8443);
  });

  it.each([
    ['sms.example.com', 'is not one of http'],
    ['ftp://sms.example.com', 'is not one of http'],
    ['https://user:pass@sms.example.com', 'has a password in it'],
  ])('%s is refused', (url, problem) => {
    expect(() => withNotifier(NotificationTarget.webhook({ url }))).toThrow(problem);
  });

  it('without TLS is refused in production', () => {
    const target = NotificationTarget.webhook({ url: 'http://sms.example.com' });
    expect(() => withNotifier(target, inProduction({ postgres }))).toThrow('in the clear');
  });
});

describe('an image', () => {
  it('that sends notifications has to be told where to', () => {
    expect(() => withNotifier(undefined)).toThrow(/nobody says where to: give notifications/);
  });

  it('that sends none is not told', () => {
    const notifications = NotificationTarget.smtp(smtp);
    expect(() => new TestPlatform().consumer({ notifications })).toThrow(
      'given to an image that sends none',
    );
  });
});

describe('MailSink', () => {
  it('takes the mails of the apps that were given its target, and of no other', () => {
    const test = new TestPlatform();
    test.producer();
    const sink = new MailSink(test.platform, 'mail-sink');
    test.consumer({ notifications: sink.targetOf('order-processor') }, notifier);
    expect(variables(test)).toMatchObject({
      SMTP_HOST: 'mail-sink.event-driven.svc.cluster.local',
      SMTP_PORT: '1025',
      SMTP_SECURITY: 'none',
    });
    expect(egress(test)).toContain(1025);
    expect(test.object('NetworkPolicy', 'mail-sink').spec).toMatchObject({
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ podSelector: { matchExpressions: [{ values: ['order-processor'] }] } }],
          ports: [{ port: 1025 }],
        },
      ],
    });
  });

  it('is refused in production', () => {
    const { platform } = new TestPlatform(inProduction({ postgres }));
    expect(() => new MailSink(platform, 'mail-sink')).toThrow(
      'nobody would be notified in production',
    );
  });
});
