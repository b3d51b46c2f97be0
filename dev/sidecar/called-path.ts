/** A request of an app to its sidecar for another app. */
export interface CalledPath {
  readonly appId: string;
  /** Decoded, and without a slash at its beginning or end. */
  readonly path: string;
}

const PREFIX = '/v1.0/invoke/';
const METHOD = '/method/';

/** A path without `.`, `..` and empty segments, as Go's `path.Clean` makes it. */
function cleaned(path: string): string {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') {
      kept.pop();
    } else if (part !== '' && part !== '.') {
      kept.push(part);
    }
  }
  return kept.join('/');
}

/**
 * What a path of the sidecar is about.
 *
 * @returns undefined when it names no app; `decoded` is false when it is no valid path.
 */
export function calledPath(pathname: string): CalledPath | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  const rest = decoded.slice(PREFIX.length);
  const at = rest.indexOf(METHOD);
  return at <= 0
    ? undefined
    : { appId: rest.slice(0, at), path: cleaned(rest.slice(at + METHOD.length)) };
}

/** Whether a path of the sidecar is about another app. */
export function isCall(url: string): boolean {
  return url.startsWith(PREFIX);
}

/** Why daprd does not pass a path on; undefined when it does. */
export function pathProblem(path: string): string | undefined {
  if (/[#?\0]/.test(path)) {
    return `method contains forbidden character: ${JSON.stringify(path)}`;
  }
  // eslint-disable-next-line no-control-regex -- these are what is refused
  const control = path.search(/[\u0001-\u001f\u007f]/);
  return control < 0
    ? undefined
    : `method contains control character at position ${control}: ${JSON.stringify(path)}`;
}

/** A path as the app gets it: what is still encoded stays so. @returns undefined when it is not a path. */
export function appPath(path: string): string | undefined {
  return /%(?![0-9A-Fa-f]{2})/.test(path)
    ? undefined
    : `/${encodeURI(path).replaceAll('%25', '%')}`;
}
