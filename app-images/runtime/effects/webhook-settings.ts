import { WEBHOOKS_ENV } from '@cdk8s-event-platform/contracts/interface';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import type { Variables } from '../process/environment.ts';

/** Somebody who is told by webhooks. */
export interface WebhookTarget<Format extends string = string> {
  /** Name, e.g. `slack`: the kind of its side effect. */
  readonly name: string;
  /** URL that takes the messages. */
  readonly url: string;
  /** What a message looks like; the app says what formats it has. */
  readonly format: Format;
}

/** Who is told by webhooks, and the key of signatures. */
export interface WebhookSettings<Format extends string = string> {
  readonly targets: readonly WebhookTarget<Format>[];
  /** Key that messages are signed with, Base64, with or without the prefix `whsec_`. */
  readonly secret: string;
}

/** Options of {@link webhookSettings}. */
export interface WebhookSettingsOptions<Format extends string> {
  /** Formats of messages, the default first. @default ['json'] */
  readonly formats?: readonly [Format, ...Format[]];
  /** Environment variables. @default - those of the process */
  readonly env?: Variables;
}

/** Bytes of a key, at least. @see https://github.com/standard-webhooks/standard-webhooks */
const MIN_KEY_BYTES = 24;

/** How Standard Webhooks marks a key. */
const KEY_PREFIX = 'whsec_';

function base64Of(secret: string): string {
  return secret.startsWith(KEY_PREFIX) ? secret.slice(KEY_PREFIX.length) : secret;
}

/** The bytes of a key; those that can be read, where it is no Base64. */
export function webhookKey(secret: string): Buffer {
  return Buffer.from(base64Of(secret), 'base64');
}

/** Whether a key is Base64 and nothing else: other libraries would read another key from it. */
function isKey(secret: string): boolean {
  const key = webhookKey(secret);
  return (
    key.length >= MIN_KEY_BYTES &&
    key.toString('base64').replace(/=+$/, '') === base64Of(secret).replace(/={0,2}$/, '')
  );
}

/** Why a URL cannot be one of a webhook; undefined when it can. */
function urlProblem(url: unknown): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:/i.test(url)) {
    return 'must be an http or https URL';
  }
  const { username, password } = new URL(url);
  return username + password === ''
    ? undefined
    : 'must have no user name or password, with which nothing can be posted: put a token in the path, or a proxy in front';
}

function targetProblems(
  target: Partial<WebhookTarget> | null,
  what: string,
  formats: readonly string[],
): string[] {
  const { name, url, format } = target ?? {};
  const problem = urlProblem(url);
  return [
    ...(typeof name === 'string' && /^[a-z][a-z0-9-]{0,30}$/.test(name)
      ? []
      : [`${what}.name must be of a-z, 0-9 and '-', e.g. slack`]),
    ...(problem === undefined ? [] : [`${what}.url ${problem}`]),
    ...(format === undefined || formats.includes(format)
      ? []
      : [`${what}.format must be one of ${formats.join(', ')}`]),
  ];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Reads who is told by webhooks from the variables `WEBHOOK_TARGETS`, a JSON array, and `WEBHOOK_SECRET`. URLs are secrets:
 * no problem quotes them.
 *
 * @throws Error that lists everything which is wrong.
 * @example
 * // WEBHOOK_TARGETS=[{"name":"slack","format":"slack","url":"https://hooks.example.com/…"}]
 * const settings = webhookSettings({ formats: ['json', 'slack'] });
 */
export function webhookSettings<const Format extends string = 'json'>({
  formats = ['json' as Format],
  env = process.env,
}: WebhookSettingsOptions<Format> = {}): WebhookSettings<Format> {
  const { targets: variable, secret: keyVariable } = WEBHOOKS_ENV;
  const given = parsed(env[variable] ?? '[]');
  const secret = (env[keyVariable] ?? '').trim();
  const problems = Array.isArray(given)
    ? (given as readonly (Partial<WebhookTarget> | null)[]).flatMap((target, index) =>
        targetProblems(target, `${variable}[${index}]`, formats),
      )
    : [`${variable} must be a JSON array, e.g. [{"name":"slack","url":"https://…"}]`];
  const targets =
    problems.length > 0
      ? []
      : (given as readonly Omit<WebhookTarget<Format>, 'format'>[]).map((target) => ({
          format: formats[0],
          ...target,
        }));
  if (new Set(targets.map(({ name }) => name)).size < targets.length) {
    problems.push(`${variable} has one name twice`);
  }
  if (targets.length > 0 && !isKey(secret)) {
    problems.push(
      `${keyVariable} must be Base64 of at least ${MIN_KEY_BYTES} bytes, after whsec_ where it has this prefix`,
    );
  }
  if (problems.length > 0) {
    throw new Error(withCode('EP8001', problems.join('; ')));
  }
  return { targets, secret };
}
