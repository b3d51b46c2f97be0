/** Longest key in bytes, the version of a cached value included. */
const MAX_KEY_BYTES = 512;

/** Why a key cannot be used; undefined when it can. */
export function stateKeyProblem(key: string): string | undefined {
  if (key === '' || key === '.' || key === '..') {
    return "must have a letter or digit: '', '.' and '..' have no place in the sidecar's paths";
  }
  if (key.includes('||')) {
    return "contains '||', which Dapr puts between the prefix of a store and its keys: use another separator, e.g. ':'";
  }
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(key) || !key.isWellFormed()) {
    return 'contains control characters or half of a surrogate pair: encode it, e.g. with encodeURIComponent';
  }
  const bytes = Buffer.byteLength(key);
  return bytes > MAX_KEY_BYTES
    ? `has ${bytes} bytes: use at most ${MAX_KEY_BYTES}, e.g. by a hash of it`
    : undefined;
}
