import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyProperties } from '@cdk8s-event-platform/contracts/internal';

/** Fields that events are ordered by, by type of event, or by type and major version (`com.example.order.placed@2`). */
export type EventKeys = ReadonlyMap<string, KeyProperties>;

/**
 * Reads the keys of events from the files of a folder. Each line is a JSON array of type and key, as the
 * construct of the dead-letter processor renders it: a composite key is an array of its properties.
 *
 * @returns no keys where the folder is missing: manifests of version 0.1 have none, and events are kept without a key.
 */
export function readEventKeys(folder: string): EventKeys {
  return new Map(
    fileNames(folder)
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as [string, KeyProperties]),
  );
}

/** Names of the files that are mounted, in their order. Kubernetes' own entries start with a dot. */
function fileNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}
