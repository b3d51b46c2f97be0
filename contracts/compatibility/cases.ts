import { isObject, type Subschema } from '../subschemas.ts';
import { type Declared, declaredBy } from './declared-names.ts';
import type { NodeIds } from './node-ids.ts';
import type { Node, SchemaDocument } from './schema-document.ts';
import { schemaOf } from './schema-document.ts';

/** A subschema that is an object, whose own keywords are looked at one by one. */
export interface Part {
  readonly schema: Subschema;
  readonly document: SchemaDocument;
}

/** What a value may be: all parts accept it. Alternatives, references and conditions are resolved. */
export interface Case {
  /** Equal for equal cases. */
  readonly key: string;
  readonly parts: readonly Part[];
  /** Properties that objects may have; undefined when they may have any. */
  readonly declared: Declared | undefined;
  /** Alternatives that are among the parts already. */
  readonly chosen: ReadonlySet<string>;
}

/** Most cases that a value is divided into. Alternatives beyond are left undivided, and so accept more. */
const MAX_CASES = 64;

/** One alternative of several: its nodes. */
type Option = readonly Node[];

/** Divides what a value may be into cases, of which one holds. */
export class Cases {
  readonly #known = new Map<string, readonly Case[]>();

  /** @param step called at each step; it throws when there were too many. */
  public constructor(
    private readonly ids: NodeIds,
    private readonly step: () => void,
  ) {}

  /** The cases of a value that all nodes accept. */
  public of(nodes: readonly Node[]): readonly Case[] {
    const key = this.ids.ofAll(nodes);
    const known = this.#known.get(key);
    if (known !== undefined) {
      return known;
    }
    const declared = declaredBy(nodes);
    const cases = this.#divide(nodes, new Set(), MAX_CASES).map(({ parts, chosen }) => ({
      key: `${declared === undefined ? '' : key}:${this.ids.ofAll(parts)}`,
      ...{ parts, chosen, declared },
    }));
    this.#known.set(key, cases);
    return cases;
  }

  /** The cases of a value that is in a case, and that more nodes accept. */
  public refine(one: Case, ...nodes: readonly Node[]): readonly Case[] {
    const prefix = one.key.slice(0, one.key.indexOf(':'));
    return this.#divide([...one.parts, ...nodes], one.chosen, MAX_CASES).map(
      ({ parts, chosen }) => ({
        key: `${prefix}:${this.ids.ofAll(parts)}`,
        ...{ parts, chosen, declared: one.declared },
      }),
    );
  }

  #divide(
    nodes: readonly Node[],
    chosen: ReadonlySet<string>,
    limit: number,
  ): Pick<Case, 'parts' | 'chosen'>[] {
    this.step();
    const parts = this.#flatten(nodes);
    if (parts === undefined) {
      return [];
    }
    for (const part of parts) {
      for (const [keyword, options] of optionsOf(part)) {
        const key = `${keyword} ${this.ids.of(part)}`;
        if (!chosen.has(key) && options.length <= limit) {
          const now = new Set([...chosen, key]);
          return options.flatMap((option) =>
            this.#divide([...parts, ...option], now, Math.floor(limit / options.length)),
          );
        }
      }
    }
    return [{ parts, chosen }];
  }

  /** All that holds at once: what nodes refer to, their `allOf`, and what follows from required properties. */
  #flatten(nodes: readonly Node[]): Part[] | undefined {
    const parts = new Map<number, Part>();
    const required = new Set<unknown>();
    const wanted = [...nodes];
    for (;;) {
      const node = wanted.pop() ?? this.#followingFrom(parts, required);
      if (node === undefined) {
        return [...parts.values()];
      }
      const { schema, document } = node;
      if (schema === false) {
        return undefined;
      }
      if (schema !== true && !parts.has(this.ids.of(node))) {
        parts.set(this.ids.of(node), { schema, document });
        wanted.push(...conjunctsOf(schema, document));
        listOf(schema.required).forEach((name) => required.add(name));
      }
    }
  }

  /** What `dependencies` of properties that must be there demand, and is not among the parts yet. */
  #followingFrom(
    parts: ReadonlyMap<number, Part>,
    required: ReadonlySet<unknown>,
  ): Node | undefined {
    return [...parts.values()]
      .flatMap((part) => dependentsOf(part, required))
      .find((node) => node.schema !== true && !parts.has(this.ids.of(node)));
  }
}

/** A value as a list; an empty one for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function conjunctsOf(schema: Subschema, document: SchemaDocument): Node[] {
  const target = typeof schema.$ref === 'string' ? document.resolve(schema.$ref) : undefined;
  return [target ?? true, ...listOf(schema.allOf)].map((part) => document.node(part));
}

function dependentsOf({ schema, document }: Part, required: ReadonlySet<unknown>): Node[] {
  const { dependencies } = schema;
  return Object.entries(isObject(dependencies) ? dependencies : {})
    .filter(([name]) => required.has(name))
    .map(([, dependency]) =>
      Array.isArray(dependency) ? requires(dependency, document) : document.node(dependency),
    );
}

/** A schema that requires properties. */
export function requires(names: readonly unknown[], document: SchemaDocument): Node {
  return document.derive(names, 'required', () => ({ required: names }));
}

/** The alternatives that a part leaves open, by keyword. */
function optionsOf({ schema, document }: Part): [string, Option[]][] {
  const found: [string, Option[]][] = [];
  const nodes = (list: unknown) => listOf(list).map((part) => document.node(part));
  if (Array.isArray(schema.anyOf)) {
    found.push(['anyOf', nodes(schema.anyOf).map((node) => [node])]);
  }
  if (Array.isArray(schema.oneOf)) {
    const all = nodes(schema.oneOf);
    const others = (index: number) =>
      all.flatMap((other, at) => (at === index ? [] : [document.negation(other.schema)]));
    found.push(['oneOf', all.map((node, index) => [node, ...others(index)])]);
  }
  if (schema.if !== undefined && (schema.then !== undefined || schema.else !== undefined)) {
    const condition = document.node(schema.if);
    found.push([
      'if',
      [
        [condition, document.node(schema.then)],
        [document.negation(schemaOf(schema.if)), document.node(schema.else)],
      ],
    ]);
  }
  return found;
}
