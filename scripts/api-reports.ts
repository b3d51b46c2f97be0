import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type IExtractorMessagesConfig,
} from '@microsoft/api-extractor';
import { PACKAGES, type PackageSource } from './packages.ts';

const ROOT = join(import.meta.dirname, '..');

/** Folder of the reports that are committed. */
export const REPORTS = join(ROOT, 'docs', 'api');

/** An entry that others import, with the file that its report is committed to. */
export interface PublicEntry {
  readonly source: PackageSource;
  /** Source of the entry. */
  readonly file: string;
  /** Name of the report. */
  readonly report: string;
}

/** Every entry of every package but those that only the platform's own packages share. */
export const PUBLIC_ENTRIES: readonly PublicEntry[] = PACKAGES.flatMap((source) =>
  Object.entries(source.entries)
    .filter(([subpath]) => !subpath.endsWith('/internal'))
    .map(([subpath, file]) => ({
      source,
      file,
      report: `${source.name.replace(/^@.*\//, '')}${subpath.slice(1).replaceAll('/', '.')}.api.md`,
    })),
);

/** Only what keeps a report from being made is said. */
const MESSAGES: IExtractorMessagesConfig = {
  compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
  extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
  tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
};

/** Declarations of packages of ours that a package refers to, by name. */
function pathsOf(built: string): Record<string, string[]> {
  return Object.fromEntries(
    PACKAGES.flatMap(({ name, folder, entries }) =>
      Object.entries(entries).map(([subpath, file]) => [
        join(name, subpath),
        [join(built, folder, 'lib', file.replace(/\.ts$/, '.d.ts'))],
      ]),
    ),
  );
}

/**
 * What an entry of a package offers: every name, with its declaration.
 *
 * @param built folder of the packages that were built.
 * @throws Error when its declarations cannot be read.
 */
export function apiReport({ source, file }: PublicEntry, built: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-api-'));
  const projectFolder = join(built, source.folder);
  const entry = join(projectFolder, 'lib', file.replace(/\.ts$/, '.d.ts'));
  try {
    const config = ExtractorConfig.prepare({
      configObjectFullPath: join(projectFolder, 'api-extractor.json'),
      packageJsonFullPath: join(projectFolder, 'package.json'),
      configObject: {
        projectFolder,
        mainEntryPointFilePath: entry,
        compiler: {
          overrideTsconfig: {
            compilerOptions: {
              target: 'es2023',
              lib: ['es2024'],
              module: 'nodenext',
              moduleResolution: 'nodenext',
              skipLibCheck: true,
              types: ['node'],
              typeRoots: [join(ROOT, 'node_modules', '@types')],
              paths: pathsOf(built),
            },
            files: [entry],
          },
        },
        apiReport: {
          enabled: true,
          reportFolder: folder,
          reportTempFolder: join(folder, 'temp'),
          reportFileName: 'report',
        },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: MESSAGES,
      },
    });
    const { succeeded } = Extractor.invoke(config, {
      localBuild: true,
      messageCallback: (message) => {
        message.handled = message.logLevel !== ExtractorLogLevel.Error;
      },
    });
    if (!succeeded) {
      throw new Error(`the declarations of ${source.name} cannot be read`);
    }
    return readFileSync(join(folder, 'report.api.md'), 'utf8').replaceAll('\r\n', '\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
