import type { k8s } from 'cdk8s-plus-27';
import {
  NOTIFICATION_ENV,
  RECIPIENT,
  type SmtpSecurity,
} from '@cdk8s-event-platform/contracts/interface';
import type { NetworkPeer } from '../security/network-policies.ts';
import type { SecretReference } from '../security/secret-reference.ts';

/** A mail server, and how mails are addressed. */
export interface SmtpOptions {
  /** Host name, e.g. `smtp.example.com`. */
  readonly host: string;
  /** TCP port. @default - 587, or 465 with `security: 'tls'` */
  readonly port?: number;
  /** How the connection is secured. Production refuses `none`. @default 'starttls' */
  readonly security?: SmtpSecurity;
  /** Secret with the keys `username` and `password`. @default - nobody logs in */
  readonly credentials?: SecretReference;
  /** Address that mails come from, e.g. `Tasks <tasks@example.com>`. */
  readonly from: string;
  /** Address of whom a notification is for, with `{recipient}` for the id, e.g. `{recipient}@example.com`. */
  readonly to: string;
}

/** A service that takes notifications as JSON, such as a provider of SMS or chat. */
export interface WebhookOptions {
  /** URL that notifications are posted to. Production refuses `http`. */
  readonly url: string;
  /** Secret with the key `token`, which is sent as `Authorization: Bearer`. @default - none */
  readonly credentials?: SecretReference;
}

interface TargetParts {
  readonly env: readonly k8s.EnvVar[];
  readonly peer: NetworkPeer;
  readonly credentials: SecretReference | undefined;
  readonly problems: readonly string[];
  readonly encrypted: boolean;
}

function fromSecret(name: string, secret: SecretReference, key: string): k8s.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret.name, key } } };
}

/** @returns what is wrong with an address that is written down, such as `Tasks <tasks@example.com>`. */
function addressProblems(what: 'from' | 'to', address: string): string[] {
  const [, plain = address] = /<([^<>]*)>\s*$/.exec(address) ?? [];
  return /^[^\s@<>]+@[^\s@<>]+$/.test(plain) && !/[\r\n]/.test(address)
    ? []
    : [`${what} '${address}' is not a mail address: use one such as 'Tasks <tasks@example.com>'`];
}

/**
 * Where an app's notifications go: pass it to the app as `notifications`. It gives the app its
 * environment variables, the way through its network policy, and declares the Secret.
 *
 * @example
 * NotificationTarget.smtp({
 *   host: 'smtp.example.com',
 *   from: 'Tasks <tasks@example.com>',
 *   to: '{recipient}@example.com',
 *   credentials: { name: 'smtp', keys: { username: …, password: … } },
 * });
 */
export class NotificationTarget {
  /** Mails by SMTP. */
  public static smtp(options: SmtpOptions): NotificationTarget {
    const { host, security = 'starttls', credentials, from, to } = options;
    const port = options.port ?? (security === 'tls' ? 465 : 587);
    const literal = (name: string, value: string): k8s.EnvVar => ({ name, value });
    return new NotificationTarget({
      env: [
        literal(NOTIFICATION_ENV.smtpHost, host),
        literal(NOTIFICATION_ENV.smtpPort, String(port)),
        literal(NOTIFICATION_ENV.smtpSecurity, security),
        literal(NOTIFICATION_ENV.mailFrom, from),
        literal(NOTIFICATION_ENV.mailTo, to),
        ...(credentials === undefined
          ? []
          : [
              fromSecret(NOTIFICATION_ENV.smtpUser, credentials, 'username'),
              fromSecret(NOTIFICATION_ENV.smtpPassword, credentials, 'password'),
            ]),
      ],
      peer: { ports: [port] },
      credentials,
      problems: [
        ...(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host)
          ? []
          : [`host '${host}' is not a host name: use one such as 'smtp.example.com'`]),
        ...(Number.isInteger(port) && port > 0 && port < 65_536
          ? []
          : [`port ${port} is not a TCP port: use 1 to 65535, e.g. 587`]),
        ...addressProblems('from', from),
        ...addressProblems('to', to),
        ...(to.includes(RECIPIENT)
          ? []
          : [`to '${to}' is the same for everybody: put ${RECIPIENT} where the id belongs`]),
        ...(credentials === undefined ? [] : keyProblems(credentials, ['username', 'password'])),
      ],
      encrypted: security !== 'none',
    });
  }

  /** A JSON document for each notification, posted with an `Idempotency-Key`. */
  public static webhook(options: WebhookOptions): NotificationTarget {
    const { url, credentials } = options;
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    const usable = parsed !== undefined && /^https?:$/.test(parsed.protocol);
    return new NotificationTarget({
      env: [
        { name: NOTIFICATION_ENV.webhookUrl, value: url },
        ...(credentials === undefined
          ? []
          : [fromSecret(NOTIFICATION_ENV.webhookToken, credentials, 'token')]),
      ],
      peer: { ports: [Number(parsed?.port) || (parsed?.protocol === 'http:' ? 80 : 443)] },
      credentials,
      problems: [
        ...(usable
          ? []
          : [
              `url '${url}' is not one of http: use one such as 'https://sms.example.com/v1/messages'`,
            ]),
        ...(parsed?.username || parsed?.password
          ? ['url has a password in it, which would be in the manifest: use credentials']
          : []),
        ...(credentials === undefined ? [] : keyProblems(credentials, ['token'])),
      ],
      encrypted: parsed?.protocol === 'https:',
    });
  }

  /** Environment variables of the app. */
  public readonly env: readonly k8s.EnvVar[];
  /** What the app has to connect to. */
  public readonly peer: NetworkPeer;
  /** Secret that has to be declared. */
  public readonly credentials: SecretReference | undefined;
  readonly #parts: TargetParts;

  private constructor(parts: TargetParts) {
    this.#parts = parts;
    this.env = parts.env;
    this.peer = parts.peer;
    this.credentials = parts.credentials;
  }

  /** The same, reached at another peer: a server in the cluster. */
  public at(peer: NetworkPeer): NotificationTarget {
    return new NotificationTarget({ ...this.#parts, peer });
  }

  /** What is wrong with it in an environment; empty when nothing is. */
  public problems(production: boolean): readonly string[] {
    return [
      ...this.#parts.problems,
      ...(production && !this.#parts.encrypted
        ? ['notifications would cross the network in the clear in production: use TLS']
        : []),
    ];
  }
}

function keyProblems(secret: SecretReference, keys: readonly string[]): string[] {
  const missing = keys.filter((key) => !(key in secret.keys));
  return missing.length === 0
    ? []
    : [`Secret '${secret.name}' has no key ${missing.map((key) => `'${key}'`).join(', ')}: add it`];
}
