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

/** An entry of a package, whose public names are reported. */
export interface ReportedEntry {
  readonly source: PackageSource;
  readonly subpath: string;
}

/** The entries that other teams import. */
export const REPORTED: readonly ReportedEntry[] = PACKAGES.flatMap((source) =>
  ['.', './testing']
    .filter((subpath) => subpath in source.entries)
    .map((subpath) => ({ source, subpath })),
);

/** Name of the file with the report of an entry. */
export function reportName({ source, subpath }: ReportedEntry): string {
  return `${join(source.name.replace(/^@.*\//, ''), subpath).replace('/', '.')}.api.md`;
}

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
 * What an entry offers: every name, with its declaration.
 *
 * @param built folder of the packages that were built.
 * @throws Error when its declarations cannot be read.
 */
export function apiReport({ source, subpath }: ReportedEntry, built: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-api-'));
  const projectFolder = join(built, source.folder);
  const entry = join(projectFolder, 'lib', source.entries[subpath]!.replace(/\.ts$/, '.d.ts'));
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
