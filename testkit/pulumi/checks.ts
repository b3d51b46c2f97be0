import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { V1Deployment, V1Job } from '@kubernetes/client-node';
import { type ApiClient, label } from '../kubernetes/client.ts';
import { type Found, identityOf, inventory } from '../kubernetes/inventory.ts';
import { isComplete } from '../kubernetes/cluster-api.ts';
import { changes } from './diff.ts';
import type { State, StateResource } from './engine.ts';
import { unexpectedObjects } from './origins.ts';
import type { Properties } from './values.ts';

/** How an exported state marks a secret that it shows. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';

function shown(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(shown);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return SIGNATURE in value
    ? JSON.parse((value as unknown as { plaintext: string }).plaintext)
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}

function isObject({ type, custom }: StateResource): boolean {
  return custom && type.startsWith('kubernetes:');
}

/** The Kubernetes objects of a state, by their identity. */
export function objectsOf(state: State): Map<string, Found & Record<string, unknown>> {
  return new Map(
    state.resources.filter(isObject).map(({ outputs }) => {
      // The provider keeps notes of its own beside the fields of the object.
      const fields = Object.entries(shown(outputs) as object);
      const object = Object.fromEntries(fields.filter(([key]) => !key.startsWith('__'))) as Found &
        Record<string, unknown>;
      return [identityOf(object), object];
    }),
  );
}

function without(object: object, ...left: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !left.includes(key)));
}

/** What the controller of Deployments notes, at a time of its own. */
const REVISION = 'deployment.kubernetes.io/revision';

/** An object without what controllers write into it. */
function declared(object: Record<string, unknown>): Properties {
  const metadata = without(object.metadata as object, 'managedFields', 'resourceVersion');
  const annotations = without(metadata.annotations ?? {}, REVISION);
  return { ...without(object, 'status'), metadata: { ...metadata, annotations } } as Properties;
}

/**
 * What differs between a state and the server: objects that one has and the other has not, and
 * fields, apart from those of the status.
 *
 * @param state exported with its secrets.
 * @param baseline what was on the server before.
 */
export async function differences(
  state: State,
  client: ApiClient,
  baseline: ReadonlyMap<string, unknown>,
): Promise<string[]> {
  const inState = objectsOf(state);
  const failures = unexpectedObjects(
    await inventory(client),
    (name) => baseline.has(name) || inState.has(name),
  ).map((name) => `'${name}' is on the server, and not in the state`);
  for (const [name, object] of inState) {
    const live = await client.read(object);
    if (live === undefined) {
      failures.push(`'${name}' is in the state, and not on the server`);
      continue;
    }
    failures.push(
      ...changes(declared(object), declared(live)).map(
        ({ path }) => `'${name}': ${path} differs between the server and the state`,
      ),
    );
  }
  const custom = state.resources.filter(isObject).length;
  if (custom !== inState.size) {
    failures.push(`${custom - inState.size} objects are in the state twice`);
  }
  return failures;
}

/** Workloads of a state that are not ready on the server, and Jobs that are not done. */
export async function unready(state: State, client: ApiClient): Promise<string[]> {
  const failures: string[] = [];
  let seen = 0;
  for (const object of objectsOf(state).values()) {
    if (['Deployment', 'StatefulSet', 'Job'].includes(object.kind)) {
      const live = await client.read(object);
      const done =
        object.kind === 'Job'
          ? (live as V1Job).status?.succeeded === 1
          : isComplete(live as V1Deployment);
      seen++;
      if (!done) {
        failures.push(`${label(object)} is not ready`);
      }
    }
  }
  return seen > 0 ? failures : ['no workload is in the state'];
}

/** Objects on a server that were not there before. Volumes are deleted some time after their claims. */
export async function newObjects(
  client: ApiClient,
  baseline: ReadonlyMap<string, unknown>,
): Promise<string[]> {
  const end = performance.now() + 15_000;
  for (;;) {
    const names = [...(await inventory(client)).keys()].filter((name) => !baseline.has(name));
    if (names.length === 0 || performance.now() > end) {
      return names.map((name) => `'${name}' is on the server`);
    }
    await sleep(500);
  }
}

/** What is left of a stack that was destroyed, on the server and in its state. */
export async function leftovers(
  { resources }: State,
  client: ApiClient,
  baseline: ReadonlyMap<string, unknown>,
): Promise<string[]> {
  return [
    ...(await newObjects(client, baseline)),
    ...resources.map(({ urn }) => `'${urn}' is in the state`),
  ];
}

/** Every version of everything on a server. */
export async function versions(client: ApiClient): Promise<Map<string, string>> {
  const found = await inventory(client);
  return new Map([...found].map(([name, { metadata }]) => [name, metadata.resourceVersion]));
}

/** Keys whose values differ, or that only one side has. */
export function changedKeys(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => !isDeepStrictEqual(before.get(name), after.get(name)));
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => lstatSync(path).isFile());
}

/** Inputs and outputs of each resource of a provider, by URN. */
export function resourceStates({ resources }: State): Map<string, unknown> {
  return new Map(
    resources
      .filter(({ custom }) => custom)
      .map(({ urn, inputs, outputs }) => [urn, { inputs: shown(inputs), outputs: shown(outputs) }]),
  );
}

/** The passwords that were generated, and what Secrets on the server have of them, encoded. */
export function passwordsOf(state: State): string[] {
  const passwords = state.resources
    .filter(({ type }) => type.startsWith('random:'))
    .map(({ outputs }) => (shown(outputs) as { result: string }).result);
  const encoded = [...objectsOf(state).values()]
    .filter(({ kind }) => kind === 'Secret')
    .flatMap(({ data }) => Object.values(data as Record<string, string>))
    .filter((data) => {
      const text = Buffer.from(data, 'base64').toString();
      return passwords.some((password) => text.includes(password));
    });
  return [...passwords, ...encoded];
}

/** Files below a folder in which one of these texts can be read. */
export function filesWith(folder: string, texts: readonly string[]): string[] {
  return filesOf(folder).filter((path) => {
    const content = readFileSync(path, 'utf8');
    return texts.some((text) => content.includes(text));
  });
}
