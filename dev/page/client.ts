import type { ApiProblem } from '../api/types.ts';

/** Requests JSON of the API. @throws Error with what the API says when it refuses. */
export async function request<Answer>(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const answer = (await response.json()) as Answer | ApiProblem;
  if (!response.ok) {
    throw new Error((answer as ApiProblem).error);
  }
  return answer as Answer;
}

/** A path of the API, with each part encoded. */
export function apiPath(...parts: readonly (string | number)[]): string {
  return `/api/${parts.map(encodeURIComponent).join('/')}`;
}
