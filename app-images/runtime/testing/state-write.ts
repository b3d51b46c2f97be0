import type { MemoryWrite } from './memory-state.ts';

/** One entry of a request that writes. */
export interface SetRequest {
  readonly key?: string;
  readonly value?: unknown;
  readonly etag?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly options?: { readonly concurrency?: string; readonly consistency?: string };
}

/** Why one entry is not written: another version, one that cannot be a version, or something else. */
export interface SetProblem {
  readonly kind: 'mismatch' | 'invalid' | 'other';
  readonly message: string;
}

/** What Dapr does not know among the options of an entry; undefined when it knows them. */
function optionProblem({ options = {} }: SetRequest): string | undefined {
  const { concurrency = '', consistency = '' } = options;
  if (!['', 'first-write', 'last-write'].includes(concurrency)) {
    return `unrecognized concurrency model '${concurrency}'`;
  }
  return ['', 'strong', 'eventual'].includes(consistency)
    ? undefined
    : `unrecognized consistency model '${consistency}'`;
}

/** Numbers as Dapr's component for Redis writes them: with six decimals, unless they are large. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') {
    return Math.abs(value) > 0x4ffffff ? value : Number(value.toFixed(6));
  }
  if (Array.isArray(value)) {
    return value.map(rounded);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, rounded(each)]))
    : value;
}

/** The write that an entry asks for, or why it is refused. */
export function writeOf(
  entry: SetRequest,
  key: string,
  ttl: number | undefined,
): MemoryWrite | SetProblem {
  const { concurrency = '' } = entry.options ?? {};
  const problem = optionProblem(entry);
  if (problem !== undefined) {
    return { kind: 'other', message: problem };
  }
  const etag = entry.etag ?? '';
  const versioned = concurrency !== 'last-write' && etag !== '';
  if (versioned && !/^[+-]?\d+$/.test(etag)) {
    return {
      kind: 'invalid',
      message: `invalid etag value: strconv.Atoi: parsing ${JSON.stringify(etag)}: invalid syntax`,
    };
  }
  const given = entry.metadata?.ttlInSeconds ?? '';
  if (given !== '' && !/^[+-]?\d+$/.test(given)) {
    return {
      kind: 'other',
      message: `failed to parse ttl from metadata: strconv.ParseInt: parsing ${JSON.stringify(given)}: invalid syntax`,
    };
  }
  return {
    key,
    data: JSON.stringify(rounded(entry.value ?? null)),
    version: versioned ? Number(etag) : 0,
    firstWrite: concurrency === 'first-write',
    ttl: given === '' ? ttl : Number(given),
  };
}
