import {
  isObject,
  mapSubschemas,
  pointerOf,
  type Subschema,
} from '@cdk8s-event-platform/contracts/internal';
import { isDeepStrictEqual } from 'node:util';
import { childOf, type Documents, entriesOf, type Located } from './documents.ts';
import { aroundChild, toDraft7 } from './draft-7.ts';
import type { Findings } from './findings.ts';
import type { Around } from './other-drafts.ts';

/** Paths in a schema that its conversion changes. */
const MOVED = /\/(?:prefixItems|dependentSchemas|dependentRequired|allOf)(?:\/|$)/;

/** An object that a schema describes: its parts, which all hold. */
export function partsOf(documents: Documents, place: Located, seen = new Set<string>()): Located[] {
  const found = documents.follow(place);
  const at = documents.placeOf(found);
  if (seen.has(at)) {
    return [];
  }
  seen.add(at);
  const { value } = found;
  const all = isObject(value) && Array.isArray(value.allOf) ? value.allOf : [];
  const others = all.flatMap((_, index) =>
    partsOf(documents, childOf(found, 'allOf', String(index)), seen),
  );
  return [...others, found];
}

/** Properties that a schema describes, in any of its parts. */
export function propertiesOf(documents: Documents, place: Located): Map<string, Located> {
  const parts = partsOf(documents, place);
  return new Map(parts.flatMap((part) => entriesOf(childOf(part, 'properties'))));
}

/** Makes one schema of a contract from what a file has, with everything that it refers to. */
export class SchemaImport {
  readonly #documents: Documents;
  readonly #findings: Findings;
  readonly #root: Located;
  /** Names of definitions, by the place of what they are. */
  readonly #names = new Map<string, string>();
  readonly #definitions = new Map<string, unknown>();

  public constructor(documents: Documents, findings: Findings, place: Located) {
    this.#documents = documents;
    this.#findings = findings;
    this.#root = documents.follow(place);
  }

  /** The schema: draft 7, without a reference to anything outside it. */
  public run(): Subschema {
    const root = this.#root;
    const { value } = root;
    if (!isObject(value)) {
      this.#findings.problem(this.#documents.placeOf(root), 'is not a schema of an object');
      return {};
    }
    const isSplit = !isObject(value.properties) && Array.isArray(value.allOf);
    const schema = isSplit ? this.#merged() : (this.#convert(root, NOTHING) as Subschema);
    const { definitions } = schema;
    const all = {
      ...(isObject(definitions) ? definitions : {}),
      ...Object.fromEntries(this.#definitions),
    };
    return Object.keys(all).length === 0 ? schema : { ...schema, definitions: all };
  }

  /** One schema for an object whose properties are in parts: `properties` is what a contract is read by. */
  #merged(): Subschema {
    const parts = partsOf(this.#documents, this.#root);
    const types = ['object'];
    let merged: Subschema = { type: 'object' };
    for (const part of parts) {
      const value = { ...(part.value as Subschema) };
      delete value.allOf;
      if (value.additionalProperties !== undefined && value.additionalProperties !== true) {
        this.#findings.problem(
          this.#documents.placeOf(part),
          "'additionalProperties' in a part of 'allOf' excludes the properties of the others: list all properties in one schema",
        );
      }
      const own = this.#convert({ ...part, value }, { types, properties: new Set() }) as Subschema;
      merged = join(merged, own);
    }
    this.#findings.note(
      this.#documents.placeOf(this.#root),
      "the parts of 'allOf' become one schema",
    );
    return merged;
  }

  #convert(place: Located, around: Around): unknown {
    if (!isObject(place.value)) {
      return place.value;
    }
    const at = this.#documents.placeOf(place);
    const { $ref: reference, properties } = place.value;
    if (isObject(properties) && Object.hasOwn(properties, '__proto__')) {
      this.#findings.problem(at, "property '__proto__' cannot be written in TypeScript: rename it");
    }
    const schema = toDraft7(place.value, at, this.#findings, around);
    const converted = mapSubschemas(schema, (value, ...tokens) =>
      this.#convert(
        { value, file: place.file, pointer: place.pointer + pointerOf(...tokens) },
        aroundChild(schema, around, tokens[0]!),
      ),
    );
    return typeof reference === 'string'
      ? { ...converted, $ref: this.#referenceTo(reference, place) }
      : converted;
  }

  #referenceTo(reference: string, from: Located): string {
    const first = this.#documents.target(reference, from);
    // For its error alone: references to references may lead in a circle.
    this.#documents.follow(first);
    const { file, pointer } = this.#root;
    if (first.file === file && (first.pointer + '/').startsWith(`${pointer}/`)) {
      const written = reference.slice(reference.indexOf('#'));
      // As it is written, which may be percent-encoded.
      const isBelow = `${written}/`.startsWith(`${pointer}/`);
      const own = (isBelow ? written : first.pointer).slice(pointer.length);
      if (!MOVED.test(own)) {
        return `#${own}`;
      }
    }
    return `#${pointerOf('definitions', this.#definition(first))}`;
  }

  /** Name of the definition of a schema elsewhere; it may refer to itself. */
  #definition(place: Located): string {
    const at = this.#documents.placeOf(place);
    const known = this.#names.get(at);
    if (known !== undefined) {
      return known;
    }
    const { value } = this.#root;
    const own = isObject(value) && isObject(value.definitions) ? value.definitions : {};
    const wanted = (place.pointer === '#' ? place.file : place.pointer)
      .split('/')
      .at(-1)!
      .replace(/\.(ya?ml|json)$/, '')
      .replaceAll(/[^\w.-]/g, '_');
    let name = wanted;
    const taken = new Set([...Object.keys(own), ...this.#names.values()]);
    for (let number = 2; taken.has(name); number++) {
      name = `${wanted}_${number}`;
    }
    this.#names.set(at, name);
    this.#definitions.set(name, this.#convert(place, NOTHING));
    return name;
  }
}

const NOTHING: Around = { properties: new Set() };

/** Both schemas hold. */
function join(one: Subschema, other: Subschema): Subschema {
  const joined: Record<string, unknown> = { ...one };
  const rest: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(other)) {
    const known = joined[keyword];
    if (
      known === undefined ||
      isDeepStrictEqual(known, value) ||
      keyword === 'description' ||
      keyword === 'title'
    ) {
      joined[keyword] = value;
    } else if (keyword === 'required') {
      joined.required = [...new Set([...(known as string[]), ...(value as string[])])];
    } else if (keyword === 'properties' || keyword === 'definitions') {
      joined[keyword] = joinNamed(known as Subschema, value as Subschema);
    } else {
      rest[keyword] = value;
    }
  }
  const all = Array.isArray(joined.allOf) ? (joined.allOf as unknown[]) : [];
  return Object.keys(rest).length === 0 ? joined : { ...joined, allOf: [...all, rest] };
}

function joinNamed(one: Subschema, other: Subschema): Subschema {
  const joined = new Map(Object.entries(one));
  for (const [name, schema] of Object.entries(other)) {
    const known = joined.get(name);
    const isNew = known === undefined || isDeepStrictEqual(known, schema);
    joined.set(name, isNew ? schema : { allOf: [known, schema] });
  }
  return Object.fromEntries(joined);
}
