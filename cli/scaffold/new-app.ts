import { layout } from './layout.ts';
import type { EventFile } from './project.ts';

/** What a new app is made from. */
export interface NewApp {
  /** App id, e.g. `shipping`. */
  readonly name: string;
  readonly publishes: readonly EventFile[];
  readonly subscribes: readonly EventFile[];
  /** Number of its migration, e.g. `0101`. */
  readonly migration: string;
  /** How its files import those of events. */
  readonly moduleOf: (event: EventFile) => string;
  /** Extension that its files import each other with, e.g. `.ts`. */
  readonly extension: string;
}

/** The package that apps run on. */
export const RUNTIME = '@cdk8s-event-platform/runtime';

/** Imports of events, a line for each file. */
export function eventImports(app: NewApp, events: readonly EventFile[]): string {
  const modules = Map.groupBy(events, app.moduleOf);
  return [...modules]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([module, found]) =>
      layout('import {', found.map(({ identifier }) => identifier).sort(), `} from '${module}';`),
    )
    .join('\n');
}

/** Import of what another file of the app exports. */
export function ownImport({ extension }: NewApp, name: string, file = name): string {
  return `import { ${name} } from './${file}${extension}';`;
}

/** Name of the table that a new app writes to. */
export function tableOf({ name }: NewApp): string {
  return `${name.replaceAll('-', '_')}_events`;
}
