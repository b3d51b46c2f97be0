import { deadLetterTopic } from '@cdk8s-event-platform/contracts/interface';
import { type EventPlatform, renderObjects } from 'cdk8s-event-platform';
import { topicsOf } from '../scaffold/rendered.ts';
import { type ClusterObject, type Kubectl, objectIn, objectsIn } from './kubectl.ts';
import { eventToolsOf, ToolsPod } from './tools-pod.ts';

/** How something is. */
export type Level = 'ok' | 'warning' | 'problem' | 'unknown';

/** What was looked at, and how it is. */
export interface Finding {
  readonly level: Level;
  /** What was looked at, e.g. `topic order-placed`. */
  readonly what: string;
  /** How it is, with the remedy where it is not well. */
  readonly detail: string;
}

const finding = (level: Level, what: string, detail: string): Finding => ({ level, what, detail });

interface PodStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly containerStatuses?: readonly {
    readonly name: string;
    readonly ready: boolean;
    readonly restartCount: number;
  }[];
}

function statusOf({ status }: ClusterObject): PodStatus {
  return status ?? {};
}

function isReady(pod: ClusterObject): boolean {
  return (statusOf(pod).conditions ?? []).some(
    ({ type, status: is }) => type === 'Ready' && is === 'True',
  );
}

/** Deployments of a namespace, those of Dapr's control plane among them. */
async function controlPlane(kubectl: Kubectl, namespace: string): Promise<Finding[]> {
  const found = objectsIn(
    await kubectl.run([
      'get',
      'deployments,statefulsets',
      `--namespace=${namespace}`,
      '--output=json',
    ]),
  ).filter(({ metadata }) => metadata.name.startsWith('dapr-'));
  if (found.length === 0) {
    return [
      finding(
        'problem',
        'Dapr',
        `its control plane is not in namespace ${namespace}: install Dapr`,
      ),
    ];
  }
  return found.map(({ metadata: { name }, spec, status }) => {
    const [wanted, ready] = [Number(spec?.replicas ?? 1), Number(status?.readyReplicas ?? 0)];
    return ready > 0
      ? finding(ready < wanted ? 'warning' : 'ok', name, `${ready} of ${wanted} pods ready`)
      : finding(
          'problem',
          name,
          `none of ${wanted} pods is ready: see \`kubectl --namespace ${namespace} describe pods\``,
        );
  });
}

/** Whether every object that is declared is there. */
async function objects(
  kubectl: Kubectl,
  namespace: string,
  declared: readonly ClusterObject[],
  kind: string,
  resource: string,
): Promise<Finding[]> {
  const names = declared
    .filter((object) => object.kind === kind)
    .map(({ metadata }) => metadata.name);
  if (names.length === 0) {
    return [];
  }
  const found = objectsIn(
    await kubectl.run(['get', resource, `--namespace=${namespace}`, '--output=json']),
  );
  const missing = names.filter((name) => !found.some(({ metadata }) => metadata.name === name));
  return [
    missing.length === 0
      ? finding('ok', `${kind}s`, `all ${names.length} are there`)
      : finding(
          'problem',
          `${kind}s`,
          `${missing.join(', ')} missing: apply what the program declares`,
        ),
  ];
}

/** Pods and sidecars of every app. */
async function apps(
  kubectl: Kubectl,
  namespace: string,
  declared: readonly ClusterObject[],
): Promise<Finding[]> {
  const pods = objectsIn(
    await kubectl.run(['get', 'pods', `--namespace=${namespace}`, '--output=json']),
  );
  const scaled = new Set(
    declared.filter(({ kind }) => kind === 'ScaledObject').map(({ metadata }) => metadata.name),
  );
  return declared
    .filter(({ kind, spec }) => {
      const { template } = (spec ?? {}) as { template?: { metadata?: ClusterObject['metadata'] } };
      return (
        kind === 'Deployment' && template?.metadata?.annotations?.['dapr.io/enabled'] === 'true'
      );
    })
    .map(({ metadata: { name } }) => {
      const own = pods.filter(
        ({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === name,
      );
      if (own.length === 0) {
        return scaled.has(name)
          ? finding('ok', `app ${name}`, 'no pods: a scaler starts them when events wait')
          : finding(
              'problem',
              `app ${name}`,
              `has no pods: see \`kubectl --namespace ${namespace} describe deployment ${name}\``,
            );
      }
      const without = own.filter(
        (each) => !(statusOf(each).containerStatuses ?? []).some(({ name: of }) => of === 'daprd'),
      );
      if (without.length > 0) {
        return finding(
          'problem',
          `app ${name}`,
          `${without.length} of ${own.length} pods have no sidecar: Dapr's injector was not there when they started; delete them`,
        );
      }
      const ready = own.filter(isReady).length;
      const restarts = own
        .flatMap((one) => statusOf(one).containerStatuses ?? [])
        .reduce((sum, { restartCount }) => sum + restartCount, 0);
      return finding(
        ready === 0 ? 'problem' : ready < own.length || restarts > 5 ? 'warning' : 'ok',
        `app ${name}`,
        `${ready} of ${own.length} pods ready${restarts > 0 ? `, ${restarts} restarts` : ''}${ready === 0 ? `: see \`kubectl --namespace ${namespace} describe pods --selector app.kubernetes.io/name=${name}\`` : ''}`,
      );
    });
}

/** How long ago a time is. */
export function ago(time: string, now: number): string {
  const minutes = Math.max(0, Math.round((now - Date.parse(time)) / 60_000));
  return minutes < 120
    ? `${minutes} min ago`
    : minutes < 2880
      ? `${Math.round(minutes / 60)} h ago`
      : `${Math.round(minutes / 1440)} days ago`;
}

/** What the sidecar of the tools has loaded. */
async function loaded(pod: ToolsPod): Promise<Finding[]> {
  const { components = [] } = JSON.parse(await pod.app(['metadata'])) as {
    readonly components?: readonly { readonly name: string }[];
  };
  const wanted = [pod.tools.pubSub.name, ...pod.tools.stateStores.map(({ name }) => name)];
  return wanted.map((name) =>
    components.some((component) => component.name === name)
      ? finding('ok', `component ${name}`, 'loaded by the sidecar of the EventTools')
      : finding(
          'problem',
          `component ${name}`,
          `not loaded by the sidecar of the EventTools: see the log of its container daprd`,
        ),
  );
}

/** Topics and groups that are declared, and what they hold. */
async function messaging(
  platform: EventPlatform,
  pod: ToolsPod,
  maxLag: number,
  now: number,
): Promise<Finding[]> {
  const [topics, groups] = [await pod.topics(), await pod.groups()];
  const declared = topicsOf({ platform });
  return declared.flatMap(({ name, subscribers }): Finding[] => {
    const state = topics.find(({ topic }) => topic === name);
    const letters = subscribers.map((appId) => deadLetterTopic(name, appId));
    const missing = letters.filter((topic) => !topics.some((one) => one.topic === topic));
    const full = topics.filter(
      ({ topic, messages = 0 }) => letters.includes(topic) && messages > 0,
    );
    const count = state?.messages === undefined ? 'there' : `${state.messages} events`;
    const last = state?.last === undefined ? 'none within what is known' : ago(state.last, now);
    return [
      state === undefined
        ? finding('problem', `topic ${name}`, 'not there: apply the Job that provisions topics')
        : finding('ok', `topic ${name}`, `${count}, the last ${last}`),
      ...missing.map((topic) =>
        finding('problem', `topic ${topic}`, 'not there: apply the Job that provisions topics'),
      ),
      ...full.map(({ topic, messages }) =>
        finding(
          'warning',
          `topic ${topic}`,
          `${messages} events could not be delivered in its time: see \`event-platform dead-letters list\``,
        ),
      ),
      ...subscribers.map((appId): Finding => {
        const group = groups.find((one) => one.topic === name && one.group === appId);
        const what = `group ${appId} of ${name}`;
        if (group === undefined) {
          return finding('warning', what, 'not there yet: the consumer has not received an event');
        }
        const lag = group.lag === undefined ? 'lag unknown' : `lag ${group.lag}`;
        const pending = group.pending === undefined ? '' : `, ${group.pending} in hand`;
        return finding((group.lag ?? 0) > maxLag ? 'warning' : 'ok', what, `${lag}${pending}`);
      }),
    ];
  });
}

/** What {@link checkCluster} looks at. */
export interface CheckOptions {
  readonly platform: EventPlatform;
  readonly kubectl: Kubectl;
  /** Lag above which a group is a warning. @default 1000 */
  readonly maxLag?: number;
  /** Milliseconds since 1970. @default - now */
  readonly now?: number;
}

/** Adds what a look has found, or that nobody could look. */
async function look(what: string, found: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await found();
  } catch (error) {
    return [finding('unknown', what, `could not be looked at: ${(error as Error).message}`)];
  }
}

/** Looks at a platform in a cluster. Changes nothing. */
export async function checkCluster({
  platform,
  kubectl,
  maxLag = 1000,
  now = Date.now(),
}: CheckOptions): Promise<readonly Finding[]> {
  const { namespace } = platform.environment;
  const declared = renderObjects(platform).map(({ manifest }) => manifest as ClusterObject);
  const there = objectIn(
    await kubectl.run(['get', 'namespace', namespace, '--ignore-not-found', '--output=json']),
  );
  if (there === undefined) {
    return [
      finding('problem', `namespace ${namespace}`, 'not there: apply what the program declares'),
    ];
  }
  const findings = [finding('ok', `namespace ${namespace}`, 'there')];
  const add = async (what: string, found: () => Promise<Finding[]>) => {
    findings.push(...(await look(what, found)));
  };
  await add('Dapr', () => controlPlane(kubectl, platform.operatorNamespaces.dapr));
  await add('Components', () =>
    objects(kubectl, namespace, declared, 'Component', 'components.dapr.io'),
  );
  await add('Subscriptions', () =>
    objects(kubectl, namespace, declared, 'Subscription', 'subscriptions.dapr.io'),
  );
  await add('apps', () => apps(kubectl, namespace, declared));
  const tools = eventToolsOf(platform);
  if (tools === undefined) {
    findings.push(
      finding(
        'unknown',
        'topics and groups',
        "nobody looked: declare `new EventTools(platform, 'event-tools', { pubSub })` for that",
      ),
    );
    return findings;
  }
  const pod = ToolsPod.of(platform, kubectl);
  await add('components of the EventTools', () => loaded(pod));
  await add('topics and groups', () =>
    tools.toolboxProblem === undefined
      ? messaging(platform, pod, maxLag, now)
      : Promise.resolve([finding('unknown', 'topics and groups', tools.toolboxProblem)]),
  );
  return findings;
}
