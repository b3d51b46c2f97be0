import { readFileSync, writeFileSync } from 'node:fs';

/** A rendered object. */
export interface ObjectJson {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Writes rendered objects, one on each line. */
export function writeObjects(file: string, objects: readonly ObjectJson[]): void {
  writeFileSync(file, objects.map((object) => `${JSON.stringify(object)}\n`).join(''));
}

/** The objects of a file. */
export function readObjects(file: string): ObjectJson[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ObjectJson);
}
