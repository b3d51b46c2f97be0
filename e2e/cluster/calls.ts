import { join } from 'node:path';
import type { EventPlatform } from '../../constructs/index.ts';
import { appOf } from '../rules/calling-platform.ts';
import { apply, expectReplaced, keepPods, remove, render } from './changes.ts';
import type { DeployedPlatform } from './deployed-platform.ts';

/** An answer of a sidecar. */
interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A call of the producer, and what its sidecar or app says. */
interface Expected {
  readonly from: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** What the answer has in it. */
  readonly says: RegExp;
}

const CALLER = 'task-processor';
const OTHER = 'notification-sender';
const CALLEE = 'producer';
const DENIED = /code = PermissionDenied/;
/** The other sidecar is found, and does not answer. */
const UNREACHABLE = /TimeoutError|deadline exceeded|connection refused|i\/o timeout/;
/** Port that sidecars call each other at. */
const SIDECARS = 50_002;

/** Nobody is granted anything: the sidecars of others cannot be reached. */
const CLOSED: readonly Expected[] = [
  { from: CALLER, method: 'GET', path: '/tasks/t1', status: 500, says: UNREACHABLE },
];

/** One app is granted reads, and the network is open to another one as well. */
const GRANTED: readonly Expected[] = [
  // The app has no such route, and says so itself.
  { from: CALLER, method: 'GET', path: '/tasks/t1', status: 404, says: /no route GET \/tasks\/t1/ },
  { from: CALLER, method: 'POST', path: '/tasks', status: 403, says: DENIED },
  { from: CALLER, method: 'GET', path: '/readyz', status: 403, says: DENIED },
  { from: OTHER, method: 'GET', path: '/tasks/t1', status: 403, says: DENIED },
];

/** Calls the producer from the container of an app, by its sidecar. */
async function call(
  { kubectl, namespace }: DeployedPlatform,
  { from, method, path }: Expected,
): Promise<Answer> {
  const url = `http://127.0.0.1:3500/v1.0/invoke/${CALLEE}/method${path}`;
  const said = await kubectl.run([
    ...['exec', '--namespace', namespace, `deployment/${from}`, '--container', from],
    ...['--', 'node', '--eval'],
    `fetch('${url}', { method: '${method}', headers: { 'dapr-api-token': process.env.DAPR_API_TOKEN }, signal: AbortSignal.timeout(20000) })
      .then(async (r) => ({ status: r.status, text: await r.text() }), (error) => ({ status: 500, text: error.name }))
      .then((answer) => console.log(JSON.stringify(answer)))`,
  ]);
  return JSON.parse(said) as Answer;
}

async function check(platform: DeployedPlatform, expected: readonly Expected[]): Promise<void> {
  for (const each of expected) {
    const { status, text } = await call(platform, each);
    if (status !== each.status || !each.says.test(text)) {
      throw new Error(
        `${each.from} ${each.method} ${each.path}: ${status} ${text}, not ${each.status} with ${each.says}`,
      );
    }
  }
}

/** Grants reads to one app; the network alone to another, whose identity is then all that is between it and the app. */
function granted(declared: EventPlatform): void {
  const [caller, other, callee] = [CALLER, OTHER, CALLEE].map((appId) => appOf(declared, appId));
  caller!.grantInvoke(callee!, [{ methods: ['GET'], path: '/tasks/*' }]);
  other!.allowEgress({ ports: [SIDECARS] });
  callee!.workload.allowIngress({ ports: [SIDECARS] });
}

/** Calls of apps: what is granted is answered, and everything else is denied, by network and by identity. */
export async function calls(
  platform: DeployedPlatform,
  folder: string,
  progress: (text: string) => void,
): Promise<string> {
  await keepPods(platform, true);
  await check(platform, CLOSED);
  progress('without a grant, the sidecar of another app cannot be reached');
  const changed = render(join(folder, calls.name), { change: granted });
  expectReplaced(await apply(platform, changed), [CALLEE, CALLER]);
  await check(platform, GRANTED);
  progress('what is granted is answered, everything else is denied');
  await remove(platform, changed);
  expectReplaced(await apply(platform, platform.environment.dist), [CALLEE, CALLER]);
  await check(platform, CLOSED);
  await keepPods(platform, false);
  return `${GRANTED.length} calls answered or denied as granted, none without a grant`;
}
