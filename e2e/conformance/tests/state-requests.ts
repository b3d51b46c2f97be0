import assert from 'node:assert/strict';
import type { Context, SidecarAnswer } from '../context.ts';

/** A request about state: its method, what follows the name of the store, and a body. */
export type StateRequest = readonly [
  method: string,
  path: string,
  body?: unknown,
  ifMatch?: string,
];

/** What is answered: a status, JSON if there is any, and an ETag if there is one. */
export type StateAnswer = readonly [status: number, body?: unknown, etag?: string];

/** Requests one after the other, each with its answer. */
type Steps = readonly (readonly [request: StateRequest, answer: StateAnswer])[];

/** An app with a state store. */
export const STATE = { state: true } as const;

/** Writes entries in one request. */
export const write = (...entries: object[]): StateRequest => ['POST', '', entries];

/** Sends a request about state to the sidecar of the app. */
export function send(
  t: Context,
  [method, path, body, ifMatch]: StateRequest,
): Promise<SidecarAnswer> {
  return t.request('app', {
    ...{ method, path: `/v1.0/state/${t.names.store}${path}` },
    ...(body !== undefined && { body: JSON.stringify(body), contentType: 'application/json' }),
    ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
  });
}

/** Sends requests one after the other, and compares all answers. */
export async function answered(t: Context, steps: Steps): Promise<void> {
  for (const [request, [status, body, etag]] of steps) {
    const found = await send(t, request);
    const json: unknown = found.text.trim() === '' ? undefined : JSON.parse(found.text);
    assert.deepEqual([found.status, json, found.etag], [status, body, etag], request.join(' '));
  }
}

/** What is answered to an entry that is not written. */
export function notSaved(t: Context, status: number, reason: string): StateAnswer {
  const message = `failed saving state in state store ${t.names.store}: ${reason}`;
  return [status, { errorCode: 'ERR_STATE_SAVE', message }];
}
