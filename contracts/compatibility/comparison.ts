import { isObject } from '../subschemas.ts';
import { arrayProblems } from './arrays.ts';
import { type Case, Cases } from './cases.ts';
import { combinedProblems } from './combined.ts';
import { isEmpty, liveKinds } from './emptiness.ts';
import { type Kind, valuesOf } from './facts.ts';
import { NodeIds } from './node-ids.ts';
import { objectProblems } from './objects.ts';
import { about, either, type Incompatibility } from './report.ts';
import { isSameSchema } from './same-schema.ts';
import type { Rules } from './rules.ts';
import { enumProblems, numberProblems, stringProblems, typeProblems } from './scalars.ts';
import type { Node } from './schema-document.ts';

/** Most steps before a comparison is given up. */
const MAX_STEPS = 40_000;

/** Most findings about one value that are listed. */
const MAX_FOUND = 20;

/** Schemas are too entangled to be compared. */
class TooManySteps extends Error {}

/**
 * Compares what writers may write with what readers accept. Pairs that are reached again from themselves, as in a
 * tree of comments, are assumed to be compatible. If one of them turns out not to be, all is compared again with
 * what is known by then, until no assumption is wrong.
 */
export class Comparison implements Rules {
  public readonly ids = new NodeIds();
  public readonly cases = new Cases(this.ids, () => this.#step());
  readonly #incompatible = new Map<string, readonly Incompatibility[]>();
  #known = new Map<string, readonly Incompatibility[] | undefined>();
  #assumed = new Set<string>();
  #emptiness = new Map<string, boolean>();
  readonly #same = new Map<string, boolean>();
  #steps = 0;

  /** All that a value which the writer's schema accepts may have, and the reader's does not accept. */
  public run(writer: Node, reader: Node): readonly Incompatibility[] {
    try {
      for (;;) {
        this.#known = new Map();
        this.#assumed = new Set();
        this.#emptiness = new Map();
        const found = this.compare([writer], reader);
        if (![...this.#assumed].some((key) => this.#incompatible.has(key))) {
          return found;
        }
      }
    } catch (error) {
      if (error instanceof TooManySteps) {
        return about('has too many alternatives within each other to be compared');
      }
      throw error;
    }
  }

  public compare(nodes: readonly Node[], reader: Node): readonly Incompatibility[] {
    return distinct(this.cases.of(nodes).flatMap((one) => this.accept(one, reader)));
  }

  public accept(one: Case, reader: Node): readonly Incompatibility[] {
    if (reader.schema === true || this.isEmpty(one)) {
      return [];
    }
    const key = `${one.key}>${this.ids.of(reader)}`;
    const failed = this.#incompatible.get(key);
    if (failed !== undefined) {
      return failed;
    }
    if (this.#known.has(key)) {
      const known = this.#known.get(key);
      if (known === undefined) {
        this.#assumed.add(key);
      }
      return known ?? [];
    }
    this.#step();
    this.#known.set(key, undefined);
    const found = distinct(this.#problems(one, reader));
    this.#known.set(key, found);
    if (found.length > 0) {
      this.#incompatible.set(key, found);
    }
    return found;
  }

  public isEmpty(one: Case): boolean {
    const known = this.#emptiness.get(one.key);
    if (known !== undefined) {
      return known;
    }
    // What is reached from itself is not known to be empty.
    this.#emptiness.set(one.key, false);
    const empty = isEmpty(one, this);
    this.#emptiness.set(one.key, empty);
    return empty;
  }

  public isDisjoint(one: Case, node: Node): boolean {
    return this.cases.refine(one, node).every((both) => this.isEmpty(both));
  }

  public ofKind(one: Case, kind: Kind): readonly Case[] {
    const [part] = one.parts;
    const type = kind === 'fraction' ? 'number' : kind;
    return part === undefined
      ? [one]
      : this.cases.refine(
          one,
          part.document.derive(type, 'type', () => ({ type })),
        );
  }

  #step(): void {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) {
      throw new TooManySteps();
    }
  }

  #problems(one: Case, reader: Node): readonly Incompatibility[] {
    const { schema, document } = reader;
    if (!isObject(schema)) {
      return about('may be there, and is not accepted');
    }
    if (one.parts.some((part) => isSameSchema(part, reader, this.ids, this.#same))) {
      return [];
    }
    const kinds = liveKinds(one, this);
    const values = valuesOf(one, kinds);
    const verdicts = values?.map((value) => ({ value, is: document.accepts(schema, value) }));
    if (verdicts?.every(({ is }) => is !== undefined) === true) {
      const refused = verdicts.filter(({ is }) => is === false).map(({ value }) => value);
      return refused.length === 0
        ? []
        : about(
            Array.isArray(schema.enum)
              ? `may be ${either(refused)}, and must be one of ${either(schema.enum)}`
              : `may be ${either(refused)}, which is not accepted`,
          );
    }
    const wrongType = typeProblems(kinds, schema);
    return wrongType.length > 0
      ? wrongType
      : [
          ...enumProblems(schema),
          ...(kinds.includes('integer') || kinds.includes('fraction')
            ? numberProblems(one.parts, schema, !kinds.includes('fraction'))
            : []),
          ...(kinds.includes('string') ? stringProblems(one.parts, schema) : []),
          ...(kinds.includes('array') ? arrayProblems(one, reader, this) : []),
          ...(kinds.includes('object') ? objectProblems(one, reader, this) : []),
          ...combinedProblems(one, kinds, { schema, document }, this),
        ];
  }
}

/** Each once. The list does not grow with the number of ways to a part, of which there may be very many. */
function distinct(found: readonly Incompatibility[]): readonly Incompatibility[] {
  if (found.length < 2) {
    return found;
  }
  const once = new Map(found.map((each) => [`${each.path}\n${each.problem}`, each]));
  return once.size <= MAX_FOUND
    ? [...once.values()]
    : [...once.values()].sort((a, b) => a.path.length - b.path.length).slice(0, MAX_FOUND);
}
