import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import ts from 'typescript';
import { register } from 'tsx/esm/api';
import { UsageError } from '../command-line.ts';
import { moduleOf } from './imports.ts';
import { kebabCase, pascalCase } from './names.ts';
import { SourceText } from './source-text.ts';

/** Folders that hold no sources of a project. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', 'out']);
const SOURCE = /(?<!\.d)\.[cm]?[jt]sx?$/;

/** A contract that a file of the project exports. */
export interface EventFile {
  /** Name on the command line, e.g. `order-shipped`. */
  readonly name: string;
  /** Name in TypeScript, e.g. `OrderShipped`. */
  readonly identifier: string;
  /** The file, relative to the project. */
  readonly path: string;
  readonly contract: EventContract;
}

/** A path relative to a folder, with `/`. */
function pathIn(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}

/** How a file imports another. */
export function moduleFrom(from: string, path: string, extension: string): string {
  const module = posix.relative(posix.dirname(from), path).replace(/\.[cm]?[jt]s$/, extension);
  return module.startsWith('.') ? module : `./${module}`;
}

/** Files with sources below a folder, in the order of their paths, without what was compiled from others. */
function sourceFiles(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const names = new Set(entries.map(({ name }) => name));
  const isCompiled = (name: string) =>
    /\.[cm]?jsx?$/.test(name) && names.has(name.replace(/js(x?)$/, 'ts$1'));
  return entries
    .filter(({ name }) => !SKIPPED.has(name) && !name.startsWith('.'))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return sourceFiles(path);
      }
      return entry.isFile() && SOURCE.test(entry.name) && !isCompiled(entry.name) ? [path] : [];
    })
    .sort();
}

/** A project in the working directory: its sources, and where it has events and apps. */
export class Project {
  /** Every source, by its path. */
  public readonly sources: ReadonlyMap<string, SourceText>;

  /**
   * @param folder absolute path.
   * @param chart file that declares the platform. @default - the only one that does
   */
  public constructor(
    public readonly folder: string,
    public readonly chart?: string,
  ) {
    this.sources = new Map(
      sourceFiles(folder).map((file) => {
        const path = pathIn(folder, file);
        return [path, new SourceText(path, readFileSync(file, 'utf8'))];
      }),
    );
  }

  /** Whether there is a file or a folder. */
  public has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  /** The source that a module of a file is; undefined for packages. */
  public resolve(from: SourceText, module: string): string | undefined {
    if (!module.startsWith('.')) {
      return undefined;
    }
    const path = pathIn(this.folder, join(this.folder, dirname(from.path), module));
    const candidates = [
      path,
      path.replace(/\.([cm]?)js$/, '.$1ts'),
      ...['.ts', '.js', '/index.ts', '/index.js'].map((end) => `${path}${end}`),
    ];
    return candidates.find((candidate) => this.sources.has(candidate));
  }

  /** How a file imports another, with the extension that its other imports have. */
  public moduleFor(from: SourceText, path: string): string {
    const own = from.tree.statements
      .filter(ts.isImportDeclaration)
      .map(moduleOf)
      .find((module) => this.resolve(from, module) !== undefined);
    const extension = own === undefined ? '.ts' : (/\.[cm]?[jt]s$/.exec(own)?.[0] ?? '');
    return moduleFrom(from.path, path, extension);
  }

  /** Files that import or export what is in others. */
  public importersOf(isWanted: (path: string) => boolean): SourceText[] {
    return [...this.sources.values()].filter((source) =>
      source.tree.statements.some(
        (statement) =>
          (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) &&
          isWanted(this.resolve(source, moduleOf(statement)) ?? ''),
      ),
    );
  }

  /** Contracts that files of a folder export, by loading these. @throws Error when one cannot be loaded. */
  public async events(folder: string): Promise<EventFile[]> {
    const paths = [...this.sources.keys()].filter(
      (path) => path.startsWith(`${folder}/`) && !/\.(test|spec)\.[^.]+$/.test(path),
    );
    const loader = register({ namespace: `${Date.now()}-${Math.random()}` });
    try {
      const found: EventFile[] = [];
      for (const path of paths) {
        const url = pathToFileURL(join(this.folder, path)).href;
        const exported = (await loader.import(url, import.meta.url)) as object;
        for (const [identifier, contract] of Object.entries(exported)) {
          if (isContract(contract) && declares(this.sources.get(path)!, identifier)) {
            found.push({ name: nameOf(path, identifier), identifier, path, contract });
          }
        }
      }
      return found;
    } finally {
      await loader.unregister();
    }
  }
}

/** What the command line calls an event: as its file where that names nothing else. */
function nameOf(path: string, identifier: string): string {
  const file = posix.parse(path).name;
  return pascalCase(file) === identifier ? file : kebabCase(identifier);
}

/** Whether a file declares a name, not just exports what another declares. */
function declares({ tree }: SourceText, name: string): boolean {
  return tree.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .some((declaration) => declaration.name.getText() === name);
}

function isContract(value: unknown): value is EventContract {
  return typeof value === 'object' && value !== null && 'topic' in value && 'schema' in value;
}

/** The event of a name on the command line. @throws UsageError when no file has one. */
export function findEvent(events: readonly EventFile[], name: string): EventFile {
  const found = events.find((event) => event.name === name || event.identifier === name);
  if (found === undefined) {
    const names = events.map((event) => event.name).join(', ');
    throw new UsageError(
      `no event '${name}': ${names === '' ? `event-platform add event ${name} first` : `use ${names}`}`,
    );
  }
  return found;
}

/**
 * The project in the working directory.
 *
 * @param chart file that declares the platform. @default - the only one that does
 * @throws UsageError when there is no package.json, or no such file.
 */
export function readProject(chart?: string): Project {
  const folder = process.cwd();
  if (!existsSync(join(folder, 'package.json'))) {
    throw new UsageError('no package.json here: start this in the folder of the project');
  }
  const path = chart === undefined ? undefined : pathIn(folder, resolve(chart));
  const project = new Project(folder, path);
  if (path !== undefined && !project.sources.has(path)) {
    throw new UsageError(
      `no source '${path}' in the project: use --chart with the file of a chart`,
    );
  }
  return project;
}
