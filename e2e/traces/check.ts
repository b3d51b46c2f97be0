import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TaskCreated } from '../../app-images/tasks/events/index.ts';
import { CONSUMERS } from '../../testkit/platform/tally.ts';
import { LoadClient } from '../../testkit/platform/load.ts';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';
import { traceProblems } from './problems.ts';
import type { SpanRecorder } from './recorder.ts';
import { traceText } from './tree.ts';

/** Time for all spans to come, in milliseconds: daprd sends its own every five seconds. */
const DEADLINE = 60_000;

/**
 * Posts a task as part of a client's trace and follows it: through the producer, the sidecars and the
 * broker to the transaction of each consumer. Prints the trace; returns what is wrong.
 */
export async function checkTrace(
  platform: RunningPlatform,
  recorder: SpanRecorder,
  progress: (text: string) => void,
): Promise<string[]> {
  const traceId = randomBytes(16).toString('hex');
  const client = randomBytes(8).toString('hex');
  recorder.watch(traceId);
  const load = new LoadClient();
  const { status } = await load.post(
    platform.apps.get('producer')!.port,
    '/tasks',
    JSON.stringify({ user_id: 'user-traced', title: 'A task that is followed' }),
    {
      'content-type': 'application/json',
      'idempotency-key': `traced-${traceId}`,
      traceparent: `00-${traceId}-${client}-01`,
    },
  );
  load.close();
  if (status !== 202) {
    return [`the producer answered ${status} to a task with a traceparent`];
  }
  const expected = { client, producer: 'producer', topic: TaskCreated.topic, consumers: CONSUMERS };
  const end = performance.now() + DEADLINE;
  let problems: string[];
  do {
    await sleep(500);
    problems = traceProblems(recorder.spans(traceId), expected);
  } while (problems.length > 0 && performance.now() < end);

  const spans = recorder.spans(traceId);
  const counts = [...recorder.received].map(([format, count]) => `${count} by ${format}`);
  progress(`spans received: ${counts.join(', ')}; trace ${traceId}:`);
  console.log(`\n${traceText(spans)}\n`);
  return [
    ...problems.map((problem) => `trace: ${problem}`),
    ...recorder.problems.map((problem) => `spans that could not be read: ${problem}`),
  ];
}
