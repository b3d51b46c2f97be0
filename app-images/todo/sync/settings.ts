import { SYNC_ENV, type WebhookTarget } from './manifest.ts';

/** Who is told, and the key of signatures. */
export interface SyncSettings {
  readonly targets: readonly WebhookTarget[];
  readonly secret: string;
}

const FORMATS: readonly unknown[] = [undefined, 'slack', 'jira', 'json'];

function targetProblems(target: Partial<WebhookTarget> | null, index: number): string[] {
  const { name, url, format } = target ?? {};
  const what = `${SYNC_ENV.targets}[${index}]`;
  return [
    ...(typeof name === 'string' && /^[a-z][a-z0-9-]{0,30}$/.test(name)
      ? []
      : [`${what}.name must be of a-z, 0-9 and '-', e.g. slack`]),
    ...(typeof url === 'string' && URL.canParse(url) && /^https?:/.test(url)
      ? []
      : [`${what}.url must be an http or https URL`]),
    ...(FORMATS.includes(format) ? [] : [`${what}.format must be slack, jira or json`]),
  ];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Reads the settings. @throws Error that lists everything which is wrong. */
export function syncSettings(env: Readonly<Record<string, string | undefined>>): SyncSettings {
  const targets = parsed(env[SYNC_ENV.targets] ?? '[]') as readonly WebhookTarget[];
  const secret = env[SYNC_ENV.secret] ?? '';
  const problems = Array.isArray(targets)
    ? targets.flatMap(targetProblems)
    : [`${SYNC_ENV.targets} must be a JSON array, e.g. [{"name":"slack","url":"https://…"}]`];
  const names = new Set(problems.length > 0 ? [] : targets.map(({ name }) => name));
  if (problems.length === 0 && names.size < targets.length) {
    problems.push(`${SYNC_ENV.targets} has one name twice`);
  }
  if (Buffer.from(secret, 'base64').length < 24 && problems.length === 0 && targets.length > 0) {
    problems.push(`${SYNC_ENV.secret} must be Base64 of at least 24 bytes`);
  }
  if (problems.length > 0) {
    throw new Error(problems.join('; '));
  }
  return { targets, secret };
}
