import { withCode } from '@cdk8s-event-platform/contracts/internal';
import type { Transporter } from 'nodemailer';
import {
  NOTIFICATION_ENV,
  RECIPIENT,
  type SmtpSecurity,
} from '@cdk8s-event-platform/contracts/interface';
import { sideEffect, type EffectRequest, type SideEffect } from './effects.ts';

/** A notification for one recipient. */
export interface Notification {
  /** Id of the recipient, such as a user id; {@link NOTIFICATION_ENV.mailTo} makes an address of it. */
  readonly recipient: string;
  /** Mail address of the recipient. @default - made of {@link recipient}; a webhook gets none */
  readonly address?: string;
  readonly subject: string;
  /** Plain text. @default - the subject */
  readonly text?: string;
}

/** Sends a notification. Throws when the other side did not accept it. */
type Send = (request: EffectRequest<Notification>) => Promise<void>;

type Variables = Readonly<Record<string, string | undefined>>;

/** Connections to the mail server: as many as side effects of one kind run at a time. */
const CONNECTIONS = 6;
/** Timeouts of a mail server, in milliseconds: to connect and greet, and to answer. Shorter than the lease of a side effect. */
const CONNECT_TIMEOUT = 5_000;
const ANSWER_TIMEOUT = 10_000;
/** Time after which an idle connection is closed, in milliseconds. A process that stops waits for it. */
const IDLE_TIMEOUT = 2_000;

/**
 * The effect `notification`: sends mail by SMTP or posts to a webhook, as variables say. A mail has the
 * request's key in its `Message-ID`, a webhook gets it as `Idempotency-Key`: a repetition is recognized.
 *
 * @param env variables. @default - those of the process
 * @throws Error that lists everything which is wrong with the variables.
 * @see https://nodemailer.com/smtp/
 * @example
 * const notification = notifications();
 * consumer(manifest, each(OrderPlaced, (tx, event) => tx.schedule(notification, [{ event, payload }])), notification);
 */
export function notifications(
  env: Variables = process.env,
): SideEffect & { readonly payload?: Notification } {
  const send = sender(env);
  return sideEffect<Notification>('notification', send);
}

function sender(env: Variables): Send {
  const host = env[NOTIFICATION_ENV.smtpHost];
  const url = env[NOTIFICATION_ENV.webhookUrl];
  if ((host === undefined) === (url === undefined)) {
    const { smtpHost, webhookUrl } = NOTIFICATION_ENV;
    throw new Error(
      withCode(
        'EP8001',
        `notifications need a destination: set ${smtpHost} or ${webhookUrl}${host === undefined ? '' : ', not both'}`,
      ),
    );
  }
  return host === undefined ? webhook(url!, env[NOTIFICATION_ENV.webhookToken]) : mail(host, env);
}

/** Where a mail server is, and how mails are addressed. */
interface MailSettings {
  readonly port: number;
  readonly security: SmtpSecurity;
  readonly from: string;
  readonly to: string;
}

/** @throws Error that lists everything which is wrong. */
function mailSettings(env: Variables): MailSettings {
  const { smtpPort, smtpSecurity, mailFrom, mailTo } = NOTIFICATION_ENV;
  const [port, security] = [Number(env[smtpPort] ?? 587), env[smtpSecurity] ?? 'starttls'];
  const [from, to] = [env[mailFrom] ?? '', env[mailTo] ?? ''];
  const problems = [
    ...(Number.isInteger(port) && port > 0 && port < 65_536
      ? []
      : [`${smtpPort} '${env[smtpPort]}' is not a TCP port`]),
    ...(['starttls', 'tls', 'none'].includes(security)
      ? []
      : [`${smtpSecurity} '${security}' is not one of starttls, tls, none`]),
    ...(from.includes('@') ? [] : [`${mailFrom} '${from}' is not a mail address`]),
    ...(to.includes(RECIPIENT) && to.includes('@')
      ? []
      : [`${mailTo} '${to}' is not a mail address with ${RECIPIENT} in it`]),
  ];
  if (problems.length > 0) {
    throw new Error(withCode('EP8001', `mail settings are not valid: ${problems.join('; ')}`));
  }
  return { port, security: security as SmtpSecurity, from, to };
}

function mail(host: string, env: Variables): Send {
  const { port, security, from, to } = mailSettings(env);
  const { smtpUser, smtpPassword } = NOTIFICATION_ENV;
  const [user, pass] = [env[smtpUser], env[smtpPassword]];
  const settings = {
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: 100,
    idleTimeout: IDLE_TIMEOUT,
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user !== undefined && pass !== undefined && { auth: { user, pass } }),
    connectionTimeout: CONNECT_TIMEOUT,
    greetingTimeout: CONNECT_TIMEOUT,
    socketTimeout: ANSWER_TIMEOUT,
    // What an event says is text: no file or URL is read because of it.
    disableFileAccess: true,
    disableUrlAccess: true,
  } as const;
  let transport: Promise<Transporter> | undefined;
  const domain = /@([^\s>]+)>?\s*$/.exec(from)?.[1] ?? host;
  return async ({ payload, idempotencyKey, fencingToken }) => {
    // Loaded with the first mail, since most apps send none.
    transport ??= import('nodemailer').then(({ createTransport }) => createTransport(settings));
    await (
      await transport
    ).sendMail({
      from,
      to:
        payload.address === undefined
          ? to.replaceAll(RECIPIENT, () => localPart(payload.recipient))
          : oneAddress(payload.address),
      subject: payload.subject,
      text: payload.text ?? payload.subject,
      messageId: `<${idempotencyKey}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Attempt': String(fencingToken) },
    });
  };
}

/** Characters of a mail address before the `@` that need no quotes. */
const ATOM = /^[\w!#$%&'*+/=?^`{|}~.-]+$/;

/** A host name with a dot in it. */
const DOMAIN =
  /^(?=.{1,253}$)[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u;

/**
 * An id as the part of a mail address before the `@`. One that would be more than that, such as a list of
 * addresses, is refused.
 */
function localPart(id: string): string {
  if (!ATOM.test(id) || id.length > 64) {
    throw new Error(`the recipient's id cannot be part of a mail address: ${JSON.stringify(id)}`);
  }
  return id;
}

/** A mail address that is no list of several, and has no name in front. */
function oneAddress(address: string): string {
  const [, id, domain] = /^([^@]+)@([^@]+)$/.exec(address) ?? [];
  if (id === undefined || !ATOM.test(id) || id.length > 64 || !DOMAIN.test(domain!)) {
    // Its text is personal data, and errors are logged.
    throw new Error('the address of a notification is not one plain mail address');
  }
  return address;
}

function webhook(url: string, token: string | undefined): Send {
  return async ({ payload, idempotencyKey, fencingToken, traceparent, signal }) => {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(payload),
      headers: {
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        'x-fencing-token': String(fencingToken),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(traceparent !== undefined && { traceparent }),
      },
      // A token is for this address alone.
      redirect: 'error',
      signal,
    });
    await response.body?.cancel();
    if (!response.ok) {
      throw new Error(`the notification service answered ${response.status}`);
    }
  };
}
