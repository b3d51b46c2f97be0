import type { EventPlatform } from 'cdk8s-event-platform';
import { choosePlatform } from '../choose-platform.ts';
import { UsageError } from '../command-line.ts';
import { loadPlatforms } from '../load-platforms.ts';

/** Options of commands that work in a cluster. */
export const CLUSTER_OPTIONS = {
  app: { type: 'string' },
  environment: { type: 'string', short: 'e' },
  context: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** What {@link CLUSTER_OPTIONS} do, for help texts. */
export const CLUSTER_HELP = `  -e, --environment NAME  where the program has several: the environment, the id of the EventPlatform, or
                          both, e.g. shop/local
  --app FILE              the program that declares the platform (default: that of cdk8s.yaml)
  --context NAME          context of the kubeconfig (default: the current one)`;

/** Loads the platform that the options name. */
export async function chosenPlatform(options: {
  readonly app?: string | undefined;
  readonly environment?: string | undefined;
}): Promise<EventPlatform> {
  return choosePlatform(await loadPlatforms(options.app), options.environment);
}

/** Reads where to start. @throws UsageError when it is no time. */
export function parseFrom(text: string): 'beginning' | 'now' | Date {
  if (text === 'beginning' || text === 'now') {
    return text;
  }
  const ago = /^(\d+)([smhd])$/.exec(text);
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
  const time =
    ago === null
      ? /^\d{4}-\d{2}-\d{2}/.test(text)
        ? new Date(text)
        : new Date(Number.NaN)
      : new Date(Date.now() - Number(ago[1]) * units[ago[2]!]! * 1000);
  if (Number.isNaN(time.getTime())) {
    throw new UsageError(
      `--from '${text}' is not a start: use beginning, now, a time such as 2026-11-28T12:00:00Z, or how long ago, such as 2h`,
    );
  }
  return time;
}
