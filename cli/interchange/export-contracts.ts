/** `event-platform contracts export`: contracts for those who do not use this package. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dump } from 'js-yaml';
import { asyncApi, type EventPlatform } from 'cdk8s-event-platform';
import { choosePlatform } from '../choose-platform.ts';
import { readOptions, UsageError } from '../command-line.ts';
import { loadPlatforms } from '../load-platforms.ts';
import { exportedContracts } from './exported-contracts.ts';
import { jsonSchemaFiles } from './json-schema-files.ts';

const HELP = `event-platform contracts export [ENVIRONMENT] --format asyncapi|json-schema|typescript [OPTIONS]

Writes the contracts of a platform for those who do not use this package. What is there is overwritten.

  asyncapi       AsyncAPI 3.0: brokers, topics, messages, and what each app sends and receives
  json-schema    a file for each event: TYPE.VERSION.schema.json, JSON Schema of draft 7
  typescript     one file with a type for the data of each event

  ENVIRONMENT      the environment, or the id of the EventPlatform, where the program has several; JSON Schema and
                   TypeScript are of all of them without it
  --out PATH       the file to write, or the folder of JSON Schemas (default: standard output, not for JSON Schema)
  --version V      version of the AsyncAPI document (default: 1.0.0)
  --app FILE       the program that declares the platform (default: that of cdk8s.yaml)
  --json           AsyncAPI as JSON; with --out, which files were written
  --help           this text`;

/** What a format is written with. */
interface Request {
  readonly platforms: readonly EventPlatform[];
  readonly environment: string | undefined;
  readonly version: string | undefined;
  readonly isJson: boolean;
}

type Format = (request: Request) => Promise<string | ReadonlyMap<string, string>>;

/** Platforms of one environment, or of all. */
function chosen({ platforms, environment }: Request): readonly EventPlatform[] {
  return environment === undefined ? platforms : [choosePlatform(platforms, environment)];
}

/** Each format: the text of one file, or the texts of several by their names. */
const FORMATS: Readonly<Record<string, Format>> = {
  asyncapi: ({ platforms, environment, version, isJson }) => {
    const platform = choosePlatform(platforms, environment);
    const document = asyncApi(platform, version === undefined ? {} : { version });
    return Promise.resolve(
      isJson
        ? `${JSON.stringify(document, null, 2)}\n`
        : dump(document, { noRefs: true, lineWidth: 120 }),
    );
  },
  'json-schema': (request) => Promise.resolve(jsonSchemaFiles(exportedContracts(chosen(request)))),
  typescript: async (request) => {
    // Loaded when it is needed: Prettier comes with it.
    const { typescriptTypes } = await import('./typescript-types.ts');
    return typescriptTypes(exportedContracts(chosen(request)));
  },
};

/** Writes files, by their paths. @returns the paths. */
function write(files: ReadonlyMap<string, string>): string[] {
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return [...files.keys()];
}

/** Runs the command. @returns the exit code. */
export async function exportContracts(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    format: { type: 'string' },
    out: { type: 'string' },
    version: { type: 'string' },
    app: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [environment, ...more] = positionals;
  if (more.length > 0) {
    throw new UsageError(`contracts export takes one environment, not '${positionals.join(' ')}'`);
  }
  const { format = '', out, version, json } = values;
  const render = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (render === undefined) {
    throw new UsageError(
      `--format '${format}' is not known: use one of ${Object.keys(FORMATS).join(', ')}`,
    );
  }
  if (format === 'json-schema' && out === undefined) {
    throw new UsageError('--format json-schema needs --out with a folder for its files');
  }
  const isJson = out === undefined ? json : out.endsWith('.json');
  const platforms = await loadPlatforms(values.app);
  const rendered = await render({ platforms, environment, version, isJson });
  if (out === undefined) {
    process.stdout.write(rendered as string);
    return 0;
  }
  const files =
    typeof rendered === 'string'
      ? new Map([[out, rendered]])
      : new Map([...rendered].map(([name, text]) => [join(out, name), text]));
  const paths = write(files);
  console.log(
    json
      ? JSON.stringify({ files: paths }, null, 2)
      : paths.map((path) => `wrote ${path}`).join('\n'),
  );
  return 0;
}
