import type { StateKeys } from '@cdk8s-event-platform/contracts/interface';
import type { DaprStateStore } from 'cdk8s-event-platform';
import { UsageError } from '../command-line.ts';
import type { ToolsPod } from './tools-pod.ts';

/** Keys that are listed at most. */
const MAX_LIMIT = 10_000;

/** Reads how many keys are listed. @throws UsageError when it is no such number. */
export function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > MAX_LIMIT) {
    throw new UsageError(
      `--limit '${text}' is not a number of keys: use a whole number from 1 to ${MAX_LIMIT}`,
    );
  }
  return limit;
}

/** A store that the EventTools may read. @throws UsageError with those that they may read. */
export function storeOf(pod: ToolsPod, name: string): DaprStateStore {
  const { stateStores } = pod.tools;
  const store = stateStores.find((each) => each.name === name);
  if (store === undefined) {
    const names = stateStores.map((each) => each.name).join(', ');
    throw new UsageError(
      names === ''
        ? `the EventTools may read no store: give them '${name}' as stateStores, and apply it`
        : `the EventTools may not read '${name}': use ${names}, or give it to them as stateStores`,
    );
  }
  return store;
}

/** Lists keys of a store. @throws Error when they cannot be listed, with the remedy. */
export async function stateKeys(
  pod: ToolsPod,
  name: string,
  { prefix = '', limit }: { readonly prefix?: string | undefined; readonly limit: number },
): Promise<StateKeys> {
  const { keysProblem } = storeOf(pod, name);
  if (keysProblem !== undefined) {
    throw new Error(keysProblem);
  }
  return JSON.parse(await pod.app(['keys', name, prefix, String(limit)])) as StateKeys;
}

/** Keys for a terminal, one a line: apps choose them, so control characters are escaped. */
export function keysText({ keys }: StateKeys): string {
  const escaped = (character: string) =>
    String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0');
  return keys.map((key) => key.replaceAll(/\p{Cc}/gu, escaped)).join('\n');
}
