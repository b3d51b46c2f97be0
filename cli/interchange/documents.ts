import { readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { isObject, pointerOf } from '@cdk8s-event-platform/contracts/internal';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';

/** A value in a file. */
export interface Located {
  readonly value: unknown;
  /** Absolute path of the file. */
  readonly file: string;
  /** JSON pointer, `#` for the whole of the file. */
  readonly pointer: string;
}

/** Values that a file may have once its aliases are written out, so that a small file cannot stand for a huge one. */
const MAX_VALUES = 200_000;

/** YAML 1.2, of which JSON is a part, with merge keys, which are common. */
const SCHEMA = CORE_SCHEMA.withTags(mergeTag);

/** A value below another. */
export function childOf({ value, file, pointer }: Located, ...tokens: string[]): Located {
  const child = tokens.reduce<unknown>(
    (parent, token) => (parent as Record<string, unknown> | undefined)?.[token],
    value,
  );
  return { value: child, file, pointer: pointer + pointerOf(...tokens) };
}

/** Values below an object, by name. */
export function entriesOf(place: Located): [string, Located][] {
  return isObject(place.value)
    ? Object.keys(place.value).map((name) => [name, childOf(place, name)])
    : [];
}

function countValues(value: unknown, above: readonly unknown[], count: { left: number }): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  if (above.includes(value)) {
    throw new Error('a YAML alias contains itself');
  }
  for (const child of Object.values(value)) {
    if (--count.left < 0) {
      throw new Error(`it has more than ${MAX_VALUES} values`);
    }
    countValues(child, [...above, value], count);
  }
}

/** The files of an import, and what references in them lead to. */
export class Documents {
  readonly #files = new Map<string, unknown>();
  readonly #ids = new Map<string, ReadonlyMap<string, string>>();

  /** @throws Error when the file cannot be read or is not YAML or JSON. */
  public open(path: string): Located {
    const file = resolve(path);
    if (!this.#files.has(file)) {
      this.#files.set(file, this.#read(file));
    }
    return { value: this.#files.get(file), file, pointer: '#' };
  }

  /** Where a value is, e.g. `events.yaml#/components/messages/OrderPlaced`. */
  public placeOf({ file, pointer }: Omit<Located, 'value'>): string {
    return `${relative('', file).split(sep).join('/')}${pointer}`;
  }

  /** What a value refers to, along every `$ref`; the value itself when it is not a reference. */
  public follow(place: Located): Located {
    const seen = [this.placeOf(place)];
    let found = place;
    while (isObject(found.value) && typeof found.value.$ref === 'string') {
      found = this.target(found.value.$ref, found);
      const at = this.placeOf(found);
      if (seen.includes(at)) {
        throw new Error(
          `${seen[0]!}: $ref leads in a circle, ${[...seen, at].join(' → ')}: let one of them be a value`,
        );
      }
      seen.push(at);
    }
    return found;
  }

  /** What is below a value, along references; undefined when it is not there. */
  public find(place: Located, ...tokens: readonly string[]): Located | undefined {
    const found = tokens.reduce(
      (parent, token) => childOf(this.follow(parent), token),
      this.follow(place),
    );
    return found.value === undefined ? undefined : found;
  }

  /** A text below a value; undefined when none is there. */
  public textAt(place: Located, ...tokens: readonly string[]): string | undefined {
    const value = this.find(place, ...tokens)?.value;
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  }

  /** What a `$ref` names. @throws Error when it is not there, or not on this machine. */
  public target(reference: string, from: Located): Located {
    const [address = '', fragment = ''] = reference.split('#', 2);
    const named = this.#named(from.file).get(address === '' ? `#${fragment}` : address);
    if (address === '' || named !== undefined) {
      const isPointer = fragment === '' || fragment.startsWith('/');
      return this.#at(from.file, named ?? '#', isPointer ? fragment : '', reference, from, {
        isFound: isPointer || named !== undefined,
      });
    }
    if (/^[a-z][a-z\d+.-]+:/i.test(address)) {
      throw new Error(
        `${this.placeOf(from)}: $ref '${reference}' is not a file: save what it names beside ${this.placeOf({ file: from.file, pointer: '' })}, and refer to the file, e.g. './${address.split('/').at(-1)!}'`,
      );
    }
    const file = resolve(dirname(from.file), decoded(address));
    try {
      this.open(file);
    } catch (error) {
      throw new Error(`${this.placeOf(from)}: $ref '${reference}': ${(error as Error).message}`, {
        cause: error,
      });
    }
    return this.#at(file, '#', fragment, reference, from, { isFound: true });
  }

  #at(
    file: string,
    base: string,
    fragment: string,
    reference: string,
    from: Located,
    { isFound }: { readonly isFound: boolean },
  ): Located {
    const tokens = `${base.slice(1)}${decoded(fragment)}`
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    let found = this.open(file);
    for (const token of tokens) {
      const parent =
        isObject(found.value) && !Object.hasOwn(found.value, token) ? this.follow(found) : found;
      const { value } = parent;
      found =
        typeof value === 'object' && value !== null && Object.hasOwn(value, token)
          ? childOf(parent, token)
          : { ...parent, value: undefined };
    }
    if (!isFound || found.value === undefined) {
      throw new Error(
        `${this.placeOf(from)}: $ref '${reference}' leads nowhere: correct it, or add what it names`,
      );
    }
    return found;
  }

  #read(file: string): unknown {
    const name = this.placeOf({ file, pointer: '' });
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Error(
        code === 'ENOENT' ? `no file '${name}'` : `'${name}' cannot be read: ${code ?? 'unknown'}`,
        { cause: error },
      );
    }
    try {
      const value = load(text, { schema: SCHEMA, filename: name });
      countValues(value, [], { left: MAX_VALUES });
      return value;
    } catch (error) {
      const [reason] = (error as Error).message.split('\n\n');
      throw new Error(`'${name}' is neither YAML nor JSON that can be read: ${reason!}`, {
        cause: error,
      });
    }
  }

  /** Pointers of what `$id` and `$anchor` name in a file. */
  #named(file: string): ReadonlyMap<string, string> {
    const found = this.#ids.get(file) ?? new Map(namesIn(this.open(file).value));
    this.#ids.set(file, found);
    return found;
  }
}

function namesIn(value: unknown, pointer = '#'): [string, string][] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const { $id, $anchor } = value as { readonly $id?: unknown; readonly $anchor?: unknown };
  return [
    ...(typeof $id === 'string' ? [[$id.replace(/#$/, ''), pointer] as [string, string]] : []),
    ...(typeof $anchor === 'string' ? [[`#${$anchor}`, pointer] as [string, string]] : []),
    ...Object.entries(value).flatMap(([name, child]) => namesIn(child, pointer + pointerOf(name))),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
