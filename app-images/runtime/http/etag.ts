import { HttpProblem } from './problem.ts';
import type { ApiRequest } from './routes.ts';

/**
 * The entity tag of a version, for the header `ETag`.
 *
 * @example
 * answer(200, task, { etag: etagOf(task.version) }); // ETag: "7"
 */
export function etagOf(version: number | string): string {
  return `"${version}"`;
}

/** Entity tags of a header. */
function tagsIn(header: string): string[] {
  return header.split(',').map((tag) => tag.trim());
}

/**
 * Refuses a change of something that another client has changed meanwhile: `If-Match` must name the version, or `*`.
 * Without the header, nothing is compared; the option `ifMatch: 'required'` of a route refuses such requests.
 *
 * @throws HttpProblem 412 when the version is another one.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-if-match
 */
export function checkIfMatch({ headers }: Pick<ApiRequest, 'headers'>, etag: string): void {
  const wanted = headers['if-match'];
  if (wanted !== undefined && wanted.trim() !== '*' && !tagsIn(wanted).includes(etag)) {
    throw new HttpProblem(
      412,
      `it has changed: its version is ${etag}, and If-Match asks for ${wanted.slice(0, 200)}: read it again`,
      { headers: { etag } },
    );
  }
}

/** Whether a client has this version already: `If-None-Match` names it. Answer 304 then. */
export function isUnchanged({ headers }: Pick<ApiRequest, 'headers'>, etag: string): boolean {
  const known = headers['if-none-match'];
  return (
    known !== undefined &&
    (known.trim() === '*' ||
      // Its comparison is the weak one.
      tagsIn(known).some((tag) => tag.replace(/^W\//, '') === etag))
  );
}
