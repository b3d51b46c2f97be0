import { labelValueProblem, qualifiedNameProblem } from './kubernetes-syntax.ts';

/** A part of an object: `['spec', 'ports', 0, 'name']`. */
export type JsonPath = readonly (string | number)[];

/** Longest value that is shown whole. */
const MAX_SHOWN = 80;

/** A path as people write it, e.g. `spec.ports[0].name`. */
function written(path: JsonPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') {
        return `[${part}]`;
      }
      const plain = /^[A-Za-z_][\w-]*$/.test(part);
      return plain ? `${index === 0 ? '' : '.'}${part}` : `[${shown(part)}]`;
    })
    .join('');
}

/** A value as an error shows it: control characters escaped, and the end of a long one cut off. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value).slice(1, -1)
      : ((JSON.stringify(value) as string | undefined) ?? 'undefined');
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return typeof value === 'string'
    ? `'${short}'`
    : typeof value === 'number'
      ? String(value)
      : short;
}

/** What is wrong with one object: each with its place, the value and the remedy. */
export class Findings {
  readonly #found: string[] = [];

  /** Every problem, as `spec.replicas (-1) must be …`. */
  public get problems(): readonly string[] {
    return this.#found;
  }

  /** Adds what is wrong with a value; undefined is nothing. */
  public add(path: JsonPath, value: unknown, problem: string | undefined): void {
    if (problem !== undefined) {
      this.#found.push(`${written(path)} (${shown(value)}) ${problem}`);
    }
  }

  /** Checks a value that has to be text; what is undefined is not there. */
  public text(
    path: JsonPath,
    value: unknown,
    check: (text: string) => string | undefined = () => undefined,
  ): void {
    if (value !== undefined) {
      this.add(path, value, typeof value === 'string' ? check(value) : 'is not text: use a string');
    }
  }

  /** Checks a name, which has to be there. */
  public name(path: JsonPath, value: unknown, check: (text: string) => string | undefined): void {
    this.text(path, value ?? '', check);
  }

  /** Checks labels, or a selector of them. */
  public labels(path: JsonPath, labels: Json): void {
    for (const [key, value] of Object.entries(labels)) {
      this.add(path, key, qualifiedNameProblem(key));
      this.text([...path, key], value, labelValueProblem);
    }
  }

  /** Refuses what a list has twice: Kubernetes would keep one of the two, or refuse both. */
  public unique(path: JsonPath, list: unknown, keyOf: (item: Json) => unknown): void {
    const seen = new Set<string>();
    listOf(list).forEach((item, index) => {
      const key = keyOf(objectOf(item));
      const text = JSON.stringify(key);
      if (key !== undefined && seen.has(text)) {
        this.add([...path, index], key, 'is there twice, and one would hide the other: keep one');
      }
      seen.add(text);
    });
  }
}

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is an object of JSON. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as an object; an empty one for anything else. */
export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** A value as a list; an empty one for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
