import { expect } from 'vitest';
import { eventRoute } from '@cdk8s-event-platform/contracts/interface';
import { Paid } from './ledger.ts';
import { type RunningConsumer, testEvent } from './running-consumer.ts';

/** A payment as text, with its data as they are: what JSON.stringify would not write. */
export function eventWith(id: string, data: string): string {
  return JSON.stringify(testEvent(Paid, id, 0)).replace(/"data":0/, () => `"data":${data}`);
}

/** Delivers texts in one bulk, each as it is, and returns the status of each. */
export async function deliverTexts(
  running: RunningConsumer,
  events: readonly string[],
): Promise<string[]> {
  const entries = events.map((event, index) => `{"event":${event},"entryId":"${index}"}`);
  const body = `{"id":"bulk","entries":[${entries.join(',')}],"topic":"bill-paid"}`;
  const answer = await running.post(eventRoute(Paid), body, 'application/json');
  expect(answer.status).toBe(200);
  const { statuses } = JSON.parse(answer.body) as { statuses: { status: string }[] };
  return statuses.map(({ status }) => status);
}
