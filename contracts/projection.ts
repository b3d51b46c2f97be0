import type { Migration } from './migration.ts';
import { type Check, must, type Shape, shapeProblems, shown, text, whole } from './checks.ts';
import { projectionMigrationName } from './interface/projections.ts';
import { labelForm } from './streams.ts';

/** Bytes of the longest name of a table in PostgreSQL. */
const MAX_TABLE = 63;

/** Name of a table of a projection, e.g. `order_view_v2`, or with a name of its own `order_view_items_v2`. */
export type ProjectionTable = (name?: string) => string;

/**
 * Tables that an app derives from stored events, to read them. Each version has tables of its own: a new one is built beside
 * the old one, and takes over once it has caught up.
 */
export interface ProjectionContract {
  /** Name of the projection, e.g. `order-view`. */
  readonly name: string;
  /** Version of the tables, and of what is in them: raise it when either changes. */
  readonly version: number;
  /** One sentence on what is read there. */
  readonly description: string;
  /** Creates the tables of this version. */
  readonly migration: Migration;
  /** Name of a table of this version. */
  readonly table: ProjectionTable;
}

/** What a projection is declared with. */
export interface ProjectionDeclaration extends Omit<ProjectionContract, 'migration' | 'table'> {
  /**
   * PostgreSQL statements that create its tables.
   *
   * @param table gives them their names.
   * @example
   * tables: (table) => `CREATE TABLE ${table()} (order_id text PRIMARY KEY, status text NOT NULL);`
   */
  readonly tables: (table: ProjectionTable) => string;
}

const isFunction: Check = must(
  (value) => typeof value === 'function',
  'must be a function that returns SQL, e.g. (table) => `CREATE TABLE ${table()} (…)`',
);

const SHAPE: Shape<ProjectionDeclaration> = {
  name: labelForm,
  version: whole(1, 9_999),
  description: text,
  tables: isFunction,
};

/** Every reason why a projection is not usable; empty when it is. */
function projectionProblems(
  declaration: ProjectionDeclaration,
  table: (longest: string) => string,
): readonly string[] {
  const problems = shapeProblems(declaration, SHAPE);
  if (problems.length > 0) {
    return problems;
  }
  const names: string[] = [];
  const sql: unknown = declaration.tables((name = '') => {
    names.push(table(name));
    return table(name);
  });
  return [
    ...(typeof sql === 'string' && names.length > 0
      ? []
      : [
          'tables names no table by its parameter: use e.g. (table) => `CREATE TABLE ${table()} (…)`',
        ]),
    ...names
      .filter((name) => !/^[a-z0-9_]+$/.test(name) || name.length > MAX_TABLE)
      .map(
        (name) =>
          `table '${name}' is not a plain SQL name of at most ${MAX_TABLE} of a-z, 0-9 and '_': shorten it`,
      ),
  ];
}

/**
 * Declares a projection. The result is frozen.
 *
 * @throws Error that lists every problem of the projection.
 *
 * @example
 * const OrderView = defineProjection({
 *   name: 'order-view',
 *   version: 1,
 *   description: 'Orders with their status.',
 *   tables: (table) => `CREATE TABLE ${table()} (order_id text PRIMARY KEY, status text NOT NULL);`,
 * });
 */
export function defineProjection(declaration: ProjectionDeclaration): ProjectionContract {
  const { name, version, description } = (declaration as ProjectionDeclaration | undefined) ?? {
    ...{ name: '', version: 0, description: '' },
  };
  const table: ProjectionTable = (part = '') =>
    `${name.replaceAll('-', '_')}${part === '' ? '' : `_${part}`}_v${version}`;
  const problems = projectionProblems(declaration, table);
  if (problems.length > 0) {
    throw new Error(
      `projection ${shown((declaration as Partial<ProjectionDeclaration> | undefined)?.name)} is not valid [EP2022]:\n- ${problems.join('\n- ')}`,
    );
  }
  const sql = declaration.tables(table);
  const migration = Object.freeze({ name: projectionMigrationName(name, version), sql });
  return Object.freeze({ name, version, description, migration, table });
}
