import { isReady } from '../../testkit/kubernetes/cluster-api.ts';
import type { Kubectl } from '../../testkit/kubernetes/kubectl.ts';

/** Lines of each log. */
const LINES = 40;

async function said(kubectl: Kubectl, args: readonly string[]): Promise<string> {
  try {
    return await kubectl.run(args, { deadline: 30 });
  } catch (error) {
    return (error as Error).message;
  }
}

/** The state of a cluster: pods, events, and descriptions and logs of pods that are not ready. */
export async function diagnose(kubectl: Kubectl, namespaces: readonly string[]): Promise<string> {
  const parts: string[] = [];
  const add = async (title: string, args: readonly string[]) =>
    parts.push(`--- ${title}\n${(await said(kubectl, args)).trimEnd()}`);
  await add('pods', ['get', 'pods', '--all-namespaces', '--output', 'wide']);
  for (const namespace of namespaces) {
    const inside = ['--namespace', namespace];
    await add(`events of ${namespace}`, [
      ...['get', 'events', ...inside, '--field-selector=type!=Normal'],
      '--sort-by=.lastTimestamp',
    ]);
    const pods = await kubectl.api.pods(namespace).catch(() => []);
    for (const { metadata, spec } of pods.filter((pod) => !isReady(pod))) {
      await add(`pod ${metadata.name}`, ['describe', 'pod', metadata.name, ...inside]);
      for (const { name } of spec.containers) {
        const log = ['logs', metadata.name, ...inside, '--container', name, `--tail=${LINES}`];
        await add(`log of ${metadata.name}, ${name}`, log);
        await add(`log of ${metadata.name}, ${name}, before it was started again`, [
          ...log,
          '--previous',
        ]);
      }
    }
  }
  return parts.join('\n');
}
