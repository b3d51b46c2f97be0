import { deadLetterTopic } from '@cdk8s-event-platform/contracts/interface';
import {
  type EventPlatform,
  type Manifest,
  renderObjects,
  renderPlatform,
} from 'cdk8s-event-platform';
import { topicsOf } from '../scaffold/rendered.ts';
import { type ClusterObject, type Kubectl, objectsIn } from './kubectl.ts';
import { eventToolsOf, ToolsPod } from './tools-pod.ts';

/** Something that a cluster has and the chart does not declare. */
export interface Leftover {
  /** `object` can be made again; `data` is lost for good. */
  readonly kind: 'object' | 'data';
  /** e.g. `Deployment/billing`. */
  readonly name: string;
  /** Resource as kubectl takes it, e.g. `deployment.apps`; undefined for what is not the cluster's. */
  readonly resource?: string;
  /** What people do about what this command does not delete. */
  readonly remedy?: string;
}

/** Kinds that hold what cannot be made again. */
const DATA: ReadonlySet<string> = new Set(['PersistentVolumeClaim', 'Secret']);
/** Resources that others make. */
const MADE_BY_OTHERS: ReadonlySet<string> = new Set([
  'events',
  'events.events.k8s.io',
  'pods',
  'replicasets.apps',
  'controllerrevisions.apps',
  'endpoints',
  'endpointslices.discovery.k8s.io',
  'leases.coordination.k8s.io',
]);
const PART_OF = 'app.kubernetes.io/part-of=event-platform';

/** PersistentVolumeClaims that StatefulSets which are declared have. */
function isClaimOf(name: string, sets: readonly ClusterObject[]): boolean {
  return sets.some(({ metadata, spec }) =>
    ((spec?.volumeClaimTemplates ?? []) as readonly ClusterObject[]).some((template) =>
      new RegExp(`^${template.metadata.name}-${metadata.name}-\\d+$`).test(name),
    ),
  );
}

/** Objects with the platform's labels that it does not declare, and Secrets that look like its own. */
async function objectsLeft(
  kubectl: Kubectl,
  namespace: string,
  declared: readonly ClusterObject[],
  secrets: ReadonlySet<string>,
): Promise<Leftover[]> {
  const said = await kubectl.run([
    ...['api-resources', '--verbs=list,delete', '--namespaced', '--output=name'],
  ]);
  const resources = said
    .split('\n')
    .map((line) => line.trim())
    .filter((name) => name !== '' && !MADE_BY_OTHERS.has(name));
  const known = new Set(declared.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const sets = declared.filter(({ kind }) => kind === 'StatefulSet');
  const get = async (resource: string, ...options: readonly string[]) =>
    objectsIn(
      await kubectl.run([
        ...['get', resource, `--namespace=${namespace}`, ...options, '--output=json'],
      ]),
    );
  const found = [
    ...(await get(
      resources.filter((resource) => resource !== 'secrets').join(','),
      `--selector=${PART_OF}`,
    )),
    // Secrets have no labels: those of accounts have names of their own.
    ...(await get('secrets')).filter(({ metadata }) => isAccount(metadata.name)),
  ];
  return found.flatMap((object): Leftover[] => {
    const { kind, metadata } = object;
    const name = `${kind}/${metadata.name}`;
    const wanted =
      known.has(name) ||
      (metadata.ownerReferences ?? []).length > 0 ||
      (kind === 'PersistentVolumeClaim' && isClaimOf(metadata.name, sets)) ||
      (kind === 'Secret' && secrets.has(metadata.name));
    return wanted
      ? []
      : [{ kind: DATA.has(kind) ? 'data' : 'object', name, resource: resourceOf(object) }];
  });
}

/** Whether a Secret is named like those of accounts. */
function isAccount(name: string): boolean {
  return /-(broker|postgres|sidecar-token)$/.test(name);
}

/** Resource of an object as kubectl takes it, e.g. `deployment.apps`. */
function resourceOf({ apiVersion, kind }: ClusterObject): string {
  const [group, version] = apiVersion.split('/');
  return version === undefined ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
}

/** Topics and groups that are not declared. */
async function topicsLeft(platform: EventPlatform, pod: ToolsPod): Promise<Leftover[]> {
  const declared = topicsOf({ platform });
  const names = new Set(
    declared.flatMap(({ name, subscribers }) => [
      name,
      ...subscribers.map((appId) => deadLetterTopic(name, appId)),
    ]),
  );
  const groups = new Set(
    declared.flatMap((topic) => [
      ...topic.subscribers.map((appId) => `${appId} ${topic.name}`),
      ...topic.collectors.flatMap((appId) =>
        topic.collectedBy(appId).map((letters) => `${appId} ${letters}`),
      ),
    ]),
  );
  const kind = pod.tools.pubSub.broker.kind ?? 'the broker';
  const byHand = `delete it with the tools of ${kind} when nobody needs it`;
  return [
    ...(await pod.topics())
      .filter(({ topic }) => !names.has(topic))
      .map(({ topic, messages }): Leftover => ({
        kind: 'data',
        name: `topic ${topic}${messages === undefined ? '' : ` (${messages} events)`}`,
        remedy: byHand,
      })),
    ...(await pod.groups())
      .filter(({ group, topic }) => !groups.has(`${group} ${topic}`))
      .map(({ group, topic }): Leftover => ({
        kind: 'data',
        name: `group ${group} of topic ${topic}`,
        remedy: byHand,
      })),
  ];
}

/**
 * What a cluster has of a platform that its chart does not declare.
 *
 * @param say takes the reason why topics and groups could not be looked at.
 */
export async function leftovers(
  platform: EventPlatform,
  kubectl: Kubectl,
  say: (text: string) => void,
): Promise<Leftover[]> {
  const { namespace } = platform.environment;
  const declared = renderObjects(platform).map(({ manifest }) => manifest as ClusterObject);
  const secrets = new Set(platform.secrets.map(({ name }) => name));
  const left = await objectsLeft(kubectl, namespace, declared, secrets);
  if (eventToolsOf(platform)?.toolbox === undefined) {
    return left;
  }
  try {
    return [...left, ...(await topicsLeft(platform, ToolsPod.of(platform, kubectl)))];
  } catch (error) {
    say(`topics and groups could not be looked at: ${(error as Error).message}`);
    return left;
  }
}

/** Deletes what is left over: objects, and with `data` also claims and Secrets. Returns what stays. */
export async function deleteLeftovers(
  found: readonly Leftover[],
  kubectl: Kubectl,
  options: {
    readonly namespace: string;
    readonly data: boolean;
    readonly say: (text: string) => void;
  },
): Promise<Leftover[]> {
  const stays: Leftover[] = [];
  for (const one of found) {
    if (one.resource === undefined || (one.kind === 'data' && !options.data)) {
      stays.push(one);
      continue;
    }
    options.say(`deleting ${one.name}`);
    const name = one.name.slice(one.name.indexOf('/') + 1);
    await kubectl.run([
      ...['delete', one.resource, name, `--namespace=${options.namespace}`, '--ignore-not-found'],
    ]);
  }
  return stays;
}

/** Whether deleting an object loses data. */
function holdsData({ kind }: Pick<Manifest, 'kind'>): boolean {
  return [
    'Namespace',
    'PersistentVolumeClaim',
    'Secret',
    'KafkaTopic',
    'Kafka',
    'KafkaNodePool',
  ].includes(kind);
}

/** Removes a platform, the layers in reverse order. Objects that hold data stay, unless `data` says otherwise. */
export async function removePlatform(
  platform: EventPlatform,
  kubectl: Kubectl,
  options: { readonly data: boolean; readonly say: (text: string) => void },
): Promise<void> {
  const { namespace } = platform.environment;
  for (const { layer, objects } of renderPlatform(platform).toReversed()) {
    const items = objects.filter((object) => options.data || !holdsData(object)).toReversed();
    if (items.length > 0) {
      options.say(`deleting ${items.length} objects of layer ${layer}`);
      await kubectl.run(
        ['delete', `--namespace=${namespace}`, '--ignore-not-found', '--filename=-'],
        JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
      );
    }
  }
}
