/**
 * What Kubernetes takes as a name, a label, a quantity, a port or an image: each function gives what is
 * wrong with a value and what would be right, or undefined.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const QUALIFIED_NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const QUANTITY =
  /^(?<number>[+-]?(\d+(\.\d*)?|\.\d+))(?<unit>Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?$/;
const UNITS: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

function tooLong(text: string, max: number): string | undefined {
  return text.length > max
    ? `has ${text.length} characters, at most ${max} are possible: use a shorter name`
    : undefined;
}

/** A label of DNS, such as the name of a container. */
export function labelNameProblem(name: string, max = 63): string | undefined {
  return LABEL.test(name)
    ? tooLong(name, max)
    : "is not a DNS label: use a-z, 0-9 and '-', with a letter or digit at both ends";
}

/** The name of a Service: a label of DNS that starts with a letter. */
export function serviceNameProblem(name: string): string | undefined {
  return /^\d/.test(name) ? 'starts with a digit: use a letter' : labelNameProblem(name);
}

/** Labels of DNS with dots between them: the name of most objects. */
export function subdomainProblem(name: string, max = 253): string | undefined {
  return name.split('.').every((label) => LABEL.test(label))
    ? tooLong(name, max)
    : "is not a DNS subdomain: use a-z, 0-9, '-' and '.', with a letter or digit at both ends of each part";
}

/** A name in a path of the API, such as that of a Role. */
export function pathNameProblem(name: string): string | undefined {
  return name === '' || name === '.' || name === '..' || /[/%]/.test(name)
    ? "is not part of a path: use a name without '/' and '%'"
    : tooLong(name, 253);
}

/** The key of a label or an annotation: a name, and a domain in front of a slash or none. */
export function qualifiedNameProblem(key: string): string | undefined {
  const parts = key.split('/');
  const name = parts.at(-1)!;
  if (
    parts.length > 2 ||
    name.length > 63 ||
    !QUALIFIED_NAME.test(name) ||
    (parts.length === 2 && subdomainProblem(parts[0]!.toLowerCase()) !== undefined)
  ) {
    return "is not a key of labels and annotations: use at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends, and a domain such as 'example.com/' in front or none";
  }
  return undefined;
}

/** The value of a label. */
export function labelValueProblem(value: string): string | undefined {
  return value === '' || QUALIFIED_NAME.test(value)
    ? tooLong(value, 63)
    : "is not the value of a label: use letters, digits, '-', '_' and '.', with a letter or digit at both ends";
}

/** The key of a ConfigMap or a Secret. */
export function dataKeyProblem(key: string): string | undefined {
  return /^[-._a-zA-Z0-9]+$/.test(key) && key !== '.' && !key.startsWith('..')
    ? tooLong(key, 253)
    : "is not a key of a ConfigMap or Secret: use letters, digits, '-', '_' and '.'";
}

/** The name of an environment variable. */
export function variableNameProblem(name: string): string | undefined {
  return /^[ -<>-~]+$/.test(name)
    ? undefined
    : "is not the name of an environment variable: use A-Z, 0-9 and '_'";
}

/** The number of a TCP or UDP port. */
export function portNumberProblem(port: number): string | undefined {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
    ? undefined
    : 'is not a port: use a whole number from 1 to 65535';
}

/** The name of a container's port. */
export function portNameProblem(name: string): string | undefined {
  return name.length <= 15 && LABEL.test(name) && /[a-z]/.test(name) && !name.includes('--')
    ? undefined
    : "is not the name of a port: use at most 15 of a-z, 0-9 and single '-', with at least one letter";
}

/** The value of a quantity; undefined when it cannot be read. */
export function parseQuantity(text: string): number | undefined {
  const { number, unit = '' } = QUANTITY.exec(text)?.groups ?? {};
  if (number === undefined) {
    return undefined;
  }
  return Number(number) * (UNITS[unit] ?? (unit === '' ? 1 : 10 ** Number(unit.slice(1))));
}

/** An address range. */
export function cidrProblem(text: string): string | undefined {
  const [, v4, bits] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text) ?? [];
  const isV4 =
    v4 !== undefined &&
    Number(bits) <= 32 &&
    v4.split('.').every((part) => /^(0|[1-9]\d*)$/.test(part) && Number(part) <= 255);
  const [, v6, length] = /^([0-9a-fA-F:.]*:[0-9a-fA-F:.]*)\/(\d{1,3})$/.exec(text) ?? [];
  const isV6 = v6 !== undefined && Number(length) <= 128 && URL.canParse(`http://[${v6}]`);
  return isV4 || isV6
    ? undefined
    : "is not a range of addresses: use e.g. '10.0.0.0/16' or 'fd00::/8'";
}

const HOST =
  /^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

/** Registry and path of an image, without tag and digest. */
export function repositoryProblem(repository: string): string | undefined {
  const scheme = /^[a-z]+:\/\//i.exec(repository)?.[0];
  if (scheme !== undefined) {
    return `starts with '${scheme}': leave the scheme out`;
  }
  const parts = repository.split('/');
  const first = parts[0]!;
  const isHost = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost');
  const [, host, port] = /^(\[[0-9a-fA-F:]+\]|[^:]*)(?::(\d+))?$/.exec(first) ?? [];
  if (
    (isHost &&
      !(
        host !== undefined &&
        (host.startsWith('[') || HOST.test(host)) &&
        (port === undefined || portNumberProblem(Number(port)) === undefined)
      )) ||
    !(isHost ? parts.slice(1) : parts).every((part) =>
      /^[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*$/.test(part),
    )
  ) {
    return "is not a repository of images: use e.g. 'registry.example.com/shop', in lower case and without a slash at the end";
  }
  return undefined;
}

/** The tag of an image. */
export function tagProblem(tag: string): string | undefined {
  return /^\w[\w.-]{0,127}$/.test(tag)
    ? undefined
    : "is not a tag: use at most 128 letters, digits, '_', '.' and '-'";
}

/** The digest of an image. */
export function digestProblem(digest: string): string | undefined {
  return /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(digest)
    ? undefined
    : "is not a digest: use 'sha256:' and 64 hexadecimal digits in lower case";
}

/** The reference of an image: registry, path, and tag or digest. */
export function imageProblem(image: string): string | undefined {
  const [named, ...digests] = image.split('@') as [string, ...string[]];
  const [, repository, tag] = /^(.*?)(?::([^:/]*))?$/s.exec(named)!;
  if (digests.length > 1) {
    return "has more than one '@': use one digest";
  }
  return (
    repositoryProblem(repository!) ??
    (tag === undefined ? undefined : tagProblem(tag)) ??
    (digests[0] === undefined ? undefined : digestProblem(digests[0]))
  );
}

/** The name or the address of a host, without scheme, port and path. */
export function hostProblem(host: string): string | undefined {
  const isV6 = host.includes('::') || host.split(':').length === 8;
  if (isV6 && URL.canParse(`http://[${host}]`)) {
    return undefined;
  }
  return HOST.test(host) && host.length <= 253
    ? undefined
    : "is not the name or the address of a host: leave scheme, login, port and path out, e.g. 'postgres.example.com'";
}

/** A URL that people can open. */
export function webUrlProblem(url: string): string | undefined {
  return /^https?:\/\/[^/\s]/i.test(url) && URL.canParse(url)
    ? undefined
    : "is not a URL that people can open: start with 'https://' or 'http://', or leave it out";
}
