import { basename, dirname, join } from 'node:path';
import { Manifests } from '../../scripts/manifests.ts';
import {
  type ApiAnswer,
  type ApiClient,
  type Identity,
  label,
} from '../../testkit/kubernetes/client.ts';
import { installCrds } from '../../testkit/kubernetes/crds.ts';
import { podsOf, withSidecars } from '../../testkit/kubernetes/pods.ts';
import { startApiServer } from '../../testkit/kubernetes/server.ts';

/** The verdict of an API server on one rendered environment. */
export interface Verdict {
  readonly environment: string;
  readonly rendered: number;
  readonly accepted: number;
  readonly warnings: number;
  readonly pods: number;
  readonly podsAccepted: number;
  /** Objects that a second apply has changed. */
  readonly changedOnReapply: number;
  /** Everything that is wrong. */
  readonly failures: readonly string[];
}

/** Folders of the built tools. */
export interface ApiServerTools {
  readonly dapr: string;
  readonly crds: string;
  readonly kubernetes: string;
}

function version(answer: ApiAnswer): string | undefined {
  return (answer.body.metadata as { resourceVersion?: string } | undefined)?.resourceVersion;
}

/** What a controller, which does not run here, makes in every namespace. */
export function defaultServiceAccount(namespace: string): Identity {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
}

/** Checks that the server refuses an unknown field, and a pod that PodSecurity forbids. */
async function refusesWrong(
  client: ApiClient,
  environment: string,
  namespace: string,
): Promise<string[]> {
  const metadata = { name: 'wrong', namespace };
  const unknownField = await client.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    ...{ dataa: {} },
  });
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata };
  const rootPod = await client.call('POST', `${await client.pathOf(pod)}?dryRun=All`, {
    ...pod,
    spec: { containers: [{ name: 'wrong', image: 'wrong' }] },
  });
  return [
    ...(unknownField.status < 300 ? [`${environment}: an unknown field was accepted`] : []),
    ...(rootPod.status === 403 ? [] : [`${environment}: a pod that may run as root was accepted`]),
  ];
}

/** Applies everything of one environment, twice, and tries its pods. */
async function verify(
  client: ApiClient,
  environment: string,
  { objects }: Manifests,
  inject: string,
): Promise<Verdict> {
  const failures: string[] = [];
  const versions = new Map<string, string | undefined>();
  let warnings = 0;
  const note = (what: string, answer: ApiAnswer): boolean => {
    warnings += answer.warnings.length;
    failures.push(...answer.warnings.map((text) => `${environment} ${what}: warning ${text}`));
    if (answer.status >= 300) {
      failures.push(`${environment} ${what}: ${answer.status} ${answer.body.message ?? ''}`);
    }
    return answer.status < 300;
  };

  let accepted = 0;
  for (const object of objects) {
    const answer = await client.apply(object);
    accepted += note(label(object), answer) ? 1 : 0;
    if (answer.status === 200) {
      failures.push(`${environment} ${label(object)}: another system has one of this name`);
    }
    versions.set(label(object), version(answer));
  }
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
  for (const { metadata } of namespaces) {
    const level = metadata.labels?.['pod-security.kubernetes.io/enforce'];
    if (level !== 'restricted') {
      failures.push(`${environment}: PodSecurity of ${metadata.name} is '${level}'`);
    }
  }

  for (const { metadata } of namespaces) {
    await client.apply(defaultServiceAccount(metadata.name));
    failures.push(...(await refusesWrong(client, environment, metadata.name)));
  }
  const pods = withSidecars(inject, podsOf(objects));
  let podsAccepted = 0;
  for (const pod of pods) {
    const path = await client.pathOf(pod);
    const answer = await client.call('POST', `${path}?dryRun=All&fieldValidation=Strict`, pod);
    podsAccepted += note(label(pod), answer) ? 1 : 0;
  }

  let changedOnReapply = 0;
  for (const object of objects) {
    if (version(await client.apply(object)) !== versions.get(label(object))) {
      changedOnReapply++;
      failures.push(`${environment} ${label(object)}: changed by a second apply`);
    }
  }
  return {
    environment,
    rendered: objects.length,
    accepted,
    warnings,
    pods: pods.length,
    podsAccepted,
    changedOnReapply,
    failures,
  };
}

/** Lets an API server judge what is rendered: one for each environment, where all systems stand beside each other. */
export async function verifyEnvironments(
  paths: readonly string[],
  tools: ApiServerTools,
  folder: string,
  progress: (text: string) => void,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const environments = Map.groupBy(paths, (path) => basename(path));
  for (const [environment, systems] of environments) {
    const server = await startApiServer(
      join(tools.kubernetes, 'kube-apiserver'),
      join(folder, `api-server-${environment}`),
    );
    const count = await installCrds(server.client, tools.crds);
    progress(`API server for ${environment} with ${count} custom resource definitions`);
    for (const path of systems) {
      const name = `${basename(dirname(path))}/${environment}`;
      const inject = join(tools.dapr, 'inject');
      verdicts.push(await verify(server.client, name, Manifests.read(path), inject));
      progress(`${name} is judged`);
    }
    await server.stop();
  }
  return verdicts;
}
