import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { NOTIFICATION_ENV } from '@cdk8s-event-platform/contracts/interface';
import { MailServer } from '../../testing/mail-server.ts';
import type { EffectRequest } from './effects.ts';
import { type Notification, notifications } from './notifications.ts';

const { smtpHost, smtpPort, smtpSecurity, smtpUser, smtpPassword } = NOTIFICATION_ENV;
const { mailFrom, mailTo, webhookUrl, webhookToken } = NOTIFICATION_ENV;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function mailServer(options: Parameters<typeof MailServer.start>[0] = {}) {
  const server = await MailServer.start(options);
  closing.push(() => server.stop());
  const variables = {
    [smtpHost]: '127.0.0.1',
    [smtpPort]: String(server.port),
    [smtpSecurity]: 'none',
    [mailFrom]: 'Tasks <tasks@example.com>',
    [mailTo]: '{recipient}@users.example.com',
  };
  return { server, variables };
}

function send(
  variables: Readonly<Record<string, string>>,
  payload: Notification,
  more: Partial<EffectRequest> = {},
): Promise<void> {
  const request = {
    payload,
    idempotencyKey: 'f00d',
    fencingToken: 1,
    signal: AbortSignal.timeout(20_000),
    traceparent: undefined,
    ...more,
  };
  return notifications(variables).perform(request as never);
}

describe('mail', () => {
  it('arrives with the key of the request, which is the same for every try', async () => {
    const { server, variables } = await mailServer();
    const payload = {
      recipient: 'mara.lind',
      subject: 'Task created: Ärmel kürzen',
      text: 'Hello',
    };
    await send(variables, payload);
    await send(variables, payload, { fencingToken: 2 });
    expect(server.mails.map(({ messageId }) => messageId)).toEqual([
      '<f00d@example.com>',
      '<f00d@example.com>',
    ]);
    const [mail] = server.mails;
    expect(mail).toMatchObject({
      from: 'tasks@example.com',
      to: ['mara.lind@users.example.com'],
    });
    expect(mail!.text).toContain('Hello');
    expect(mail!.text).toMatch(/^Subject: =\?UTF-8\?/m);
  });

  it.each([
    ['a list of addresses', 'a@evil.example,b'],
    ['an address', 'a@evil.example'],
    ['a second header', 'a\r\nBcc: all'],
    ['a name in brackets', 'a <b'],
    ['nothing', ''],
    ['too much', 'x'.repeat(65)],
  ])('to an id that is %s is refused, and nothing is sent', async (_, recipient) => {
    const { server, variables } = await mailServer();
    await expect(send(variables, { recipient, subject: 's' })).rejects.toThrow(/recipient's id/);
    expect(server.mails).toEqual([]);
  });

  it('keeps what a title says within its header', async () => {
    const { server, variables } = await mailServer();
    await send(variables, { recipient: 'a', subject: 'x\r\nBcc: all@example.com\r\n\r\nbody' });
    expect(server.mails[0]!.to).toEqual(['a@users.example.com']);
    const [headers] = server.mails[0]!.text.split('\r\n\r\n');
    expect(headers).not.toMatch(/^bcc:/im);
  });

  it('that is not taken is an error, and can be sent again', async () => {
    const { server, variables } = await mailServer();
    server.refusals.push({ code: 451, text: 'later' });
    await expect(send(variables, { recipient: 'a', subject: 's' })).rejects.toThrow('451');
    await send(variables, { recipient: 'a', subject: 's' });
    expect(server.mails).toHaveLength(1);
  });

  it('logs in where the server asks for it', async () => {
    const { server, variables } = await mailServer({
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        username === 'app' && password === 'secret'
          ? done(null, { user: 'app' })
          : done(new Error('wrong password')),
    });
    const login = { ...variables, [smtpUser]: 'app', [smtpPassword]: 'secret' };
    await send(login, { recipient: 'a', subject: 's' });
    expect(server.mails).toHaveLength(1);
    const wrong = { ...login, [smtpPassword]: 'guess' };
    await expect(send(wrong, { recipient: 'a', subject: 's' })).rejects.toThrow(/535|wrong/);
  });

  it('is not sent in the clear to a server that cannot secure it', async () => {
    const { server, variables } = await mailServer();
    const secured = { ...variables, [smtpSecurity]: 'starttls' };
    await expect(send(secured, { recipient: 'a', subject: 's' })).rejects.toThrow(/STARTTLS/i);
    expect(server.mails).toEqual([]);
  });
});

interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function webhook(
  status: number,
  headers = {},
): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      requests.push({ headers: request.headers, body });
      response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`, requests };
}

describe('a webhook', () => {
  it('gets the notification, its key and the token', async () => {
    const { url, requests } = await webhook(202);
    const variables = { [webhookUrl]: url, [webhookToken]: 'secret' };
    await send(variables, { recipient: 'a b', subject: 's' }, { traceparent: '00-1-2-01' });
    expect(requests).toHaveLength(1);
    expect(JSON.parse(requests[0]!.body)).toEqual({ recipient: 'a b', subject: 's' });
    expect(requests[0]!.headers).toMatchObject({
      'idempotency-key': 'f00d',
      'x-fencing-token': '1',
      authorization: 'Bearer secret',
      traceparent: '00-1-2-01',
    });
  });

  it.each([400, 429, 500])('that answers %i has not taken it', async (status) => {
    const { url } = await webhook(status);
    const sent = send({ [webhookUrl]: url }, { recipient: 'a', subject: 's' });
    await expect(sent).rejects.toThrow(String(status));
  });

  it('does not pass its token on to where it redirects', async () => {
    const other = await webhook(200);
    const { url } = await webhook(307, { location: other.url });
    const variables = { [webhookUrl]: url, [webhookToken]: 'secret' };
    await expect(send(variables, { recipient: 'a', subject: 's' })).rejects.toThrow();
    expect(other.requests).toEqual([]);
  });
});

describe('variables', () => {
  it.each([
    [{}, /notifications need a destination: set SMTP_HOST or NOTIFICATION_URL \[EP8001\]$/],
    [{ [smtpHost]: 'mail', [webhookUrl]: 'http://x' }, /not both/],
    [
      {
        [smtpHost]: 'mail',
        [smtpPort]: '70000',
        [smtpSecurity]: 'ssl',
        [mailTo]: 'me@example.com',
      },
      /SMTP_PORT '70000'.*SMTP_SECURITY 'ssl'.*MAIL_FROM ''.*MAIL_TO 'me@example.com'/,
    ],
  ])('that do not say where to send are refused: %o', (variables, message) => {
    expect(() => notifications(variables)).toThrow(message);
  });
});
