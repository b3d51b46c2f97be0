import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webhookSettings } from './webhook-settings.ts';
import { webhooks, webhookSignature } from './webhooks.ts';

const SECRET = Buffer.alloc(24, 7).toString('base64');

it.each(['', 'whsec_'])('has the signature of the example of Standard Webhooks (%s)', (prefix) => {
  const secret = `${prefix}MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`;
  const body = '{"test": 2432232314}';
  expect(webhookSignature(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', body)).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

describe('a webhook', () => {
  interface Received {
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }
  const received: Received[] = [];
  let status = 204;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => server.close());
  const send = (url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`) => {
    const targets = [{ name: 'slack', url, format: 'json' }] as const;
    const [effect] = webhooks({ targets, secret: SECRET }, ({ id }) => ({ id })).effects;
    return effect!.perform({
      ...{ payload: { text: 'Zażółć' } as never, idempotencyKey: 'key-1', fencingToken: 1 },
      ...{ signal: AbortSignal.timeout(5_000), traceparent: undefined },
    });
  };

  it('is signed, with the id that repetitions have, too', async () => {
    await send();
    const { headers, body } = received.at(-1)!;
    const [id, timestamp] = [headers['webhook-id'], headers['webhook-timestamp']];
    expect(id).toBe('key-1');
    expect(headers['webhook-signature']).toBe(
      webhookSignature(SECRET, 'key-1', String(timestamp), body),
    );
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
    expect(JSON.parse(body)).toEqual({ text: 'Zażółć' });
  });

  it('fails when it is not accepted', async () => {
    status = 429;
    await expect(send()).rejects.toThrow('slack answered 429');
  });

  it('fails without a word of its URL where nobody can be reached', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const failures = [
      [`http://127.0.0.1:${port}/s3cret`, /^slack cannot be reached, or redirects: ECONNREFUSED$/],
      ['http://me:s3cret@127.0.0.1/', /^slack cannot be reached, or redirects$/],
    ] as const;
    for (const [url, message] of failures) {
      await expect(send(url)).rejects.toThrow(message);
    }
  });
});

describe('settings', () => {
  const FORMATS = ['json', 'slack', 'jira'] as const;
  const settings = (env: Record<string, string>) => webhookSettings({ formats: FORMATS, env });

  it.each([
    ['{', 'JSON array'],
    ['{}', 'JSON array'],
    ['[null]', 'WEBHOOK_TARGETS[0].name'],
    ['[{"name":"Slack","url":"https://a.example"}]', 'WEBHOOK_TARGETS[0].name'],
    ['[{"name":"slack","url":"ftp://a.example"}]', 'http or https URL'],
    ['[{"name":"slack","url":"https://me@a.example"}]', 'no user name or password'],
    ['[{"name":"slack","url":"https://:s3cret@a.example"}]', 'no user name or password'],
    [
      '[{"name":"slack","url":"https://a.example","format":"teams"}]',
      'WEBHOOK_TARGETS[0].format must be one of json, slack, jira',
    ],
    [
      '[{"name":"a","url":"https://a.example"},{"name":"a","url":"https://b.example"}]',
      'one name twice',
    ],
  ])('%s are refused', (targets, problem) => {
    expect(() => settings({ WEBHOOK_TARGETS: targets, WEBHOOK_SECRET: SECRET })).toThrow(problem);
  });

  it('need a key only where somebody is told', () => {
    expect(settings({})).toEqual({ targets: [], secret: '' });
    const WEBHOOK_TARGETS = '[{"name":"slack","url":"https://a.example"}]';
    expect(() => settings({ WEBHOOK_TARGETS, WEBHOOK_SECRET: 'c2hvcnQ=' })).toThrow('24 bytes');
    expect(settings({ WEBHOOK_TARGETS, WEBHOOK_SECRET: SECRET }).targets).toEqual([
      { name: 'slack', url: 'https://a.example', format: 'json' },
    ]);
  });

  it.each([
    ['the prefix of Standard Webhooks', `whsec_${SECRET}`],
    ['the end of a line, as files have it', `${SECRET}\n`],
    ['no padding', Buffer.alloc(25, 255).toString('base64').replace(/=+$/, '')],
  ])('take a key with %s', (_what, secret) => {
    const WEBHOOK_TARGETS = '[{"name":"slack","url":"https://a.example"}]';
    const env = { WEBHOOK_TARGETS, WEBHOOK_SECRET: secret };
    expect(settings(env).secret).toBe(secret.trim());
  });

  it.each([
    ['which is a sentence', 'this is no key at all, but it is a long text'],
    ['with characters of URLs', Buffer.alloc(25, 255).toString('base64url')],
    ['too short behind its prefix', `whsec_${Buffer.alloc(20, 7).toString('base64')}`],
    ['with the prefix twice', `whsec_whsec_${SECRET}`],
  ])('refuse a key %s', (_what, secret) => {
    const WEBHOOK_TARGETS = '[{"name":"slack","url":"https://a.example"}]';
    expect(() => settings({ WEBHOOK_TARGETS, WEBHOOK_SECRET: secret })).toThrow(
      'WEBHOOK_SECRET must be Base64 of at least 24 bytes',
    );
  });

  it('have json alone where the app has no other format', () => {
    const WEBHOOK_TARGETS = '[{"name":"a","url":"https://a.example","format":"slack"}]';
    expect(() => webhookSettings({ env: { WEBHOOK_TARGETS, WEBHOOK_SECRET: SECRET } })).toThrow(
      'must be one of json',
    );
  });
});
