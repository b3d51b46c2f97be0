/** `event-platform contracts import`: contracts of another team's events. */
import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import { printable, type Subschema } from '@cdk8s-event-platform/contracts/internal';
import { readOptions, UsageError } from '../command-line.ts';
import { applyChange } from '../scaffold/change.ts';
import { formatChange } from '../scaffold/format.ts';
import { eventsText } from './events-text.ts';
import { identifiersOf } from './identifiers.ts';
import { importFile } from './import-file.ts';
import { isRecursive } from './references.ts';

const HELP = `event-platform contracts import FILE [OPTIONS]

Writes a contract for each message of an AsyncAPI document (2.x or 3.x, YAML or JSON), or for a JSON Schema. Of a
message in the envelope of CloudEvents, the schema of its data is taken. Schemas become draft 7 as contracts accept it:
what is changed or left out is printed. All messages are written, or none.

  --message NAME   only this message; several times for several
  --type TYPE      CloudEvents type, e.g. com.example.order.placed
  --topic TOPIC    topic on the broker
  --key FIELD      property whose value keeps the order of events, or several for a composite key: tenant,service
  --version V      version of the contract, e.g. 1.0.0
                   What the file does not say is needed. With NAME=VALUE, it is for one message
  --out FILE.ts    the file to write (default: standard output)
  --force          overwrites the file
  --json           what was imported, as JSON
  --help           this text`;

const TEXTS = { type: 'string', multiple: true, default: [] as string[] } as const;

/** Files that give way to one. @throws UsageError when there are some, and they are to stay. */
function overwritten(folder: string, path: string, force: boolean): string[] {
  if (!existsSync(join(folder, path))) {
    return [];
  }
  if (!force) {
    throw new UsageError(`'${path}' is there already: use --force to overwrite it`);
  }
  return [path];
}

function recursionNotes(contracts: readonly EventContract[]): string[] {
  return contracts
    .filter(({ schema }) => isRecursive(schema as Subschema))
    .map(
      ({ type }) =>
        `${type}: its schema refers to itself, so for TypeScript its data is Record<string, unknown>`,
    );
}

/** Runs the command. @returns the exit code. */
export async function importContracts(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    ...{ message: TEXTS, type: TEXTS, topic: TEXTS, key: TEXTS, version: TEXTS },
    out: { type: 'string' },
    force: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    throw new UsageError(
      `contracts import takes one file, not '${positionals.join(' ')}': event-platform contracts import --help`,
    );
  }
  const { out, force, json, message: messages, type, topic, key, version } = values;
  if (out !== undefined && !/\.[cm]?ts$/.test(out)) {
    throw new UsageError(`--out '${out}' is not a TypeScript file: use e.g. events/orders.ts`);
  }
  const folder = process.cwd();
  const path = relative(folder, resolve(out ?? 'events.ts'))
    .split(sep)
    .join('/');
  const write = out !== undefined;
  const removed = write ? overwritten(folder, path, force) : [];
  const { contracts, notes: found } = importFile(file, {
    messages,
    given: { type, topic, key, version },
  });
  const notes = [...found, ...recursionNotes(contracts)];
  const identifiers = identifiersOf(contracts.map((contract) => contract.type));
  const created = new Map([[path, eventsText(contracts, identifiers)]]);
  const change = await formatChange(folder, { created, edited: [], removed });
  if (write) {
    await applyChange(folder, change, () => Promise.resolve());
  }
  const events = contracts.map((contract) => ({
    name: identifiers.get(contract.type)!,
    ...contract,
  }));
  if (json) {
    console.log(JSON.stringify({ ...(write && { file: path }), events, notes }, null, 2));
    return 0;
  }
  notes.forEach((note) => console.error(`note: ${printable(note)}`));
  console.log(
    write
      ? [`wrote ${path}`, ...events.map(({ name, type: of }) => `  ${name}: ${of}`)].join('\n')
      : change.created.get(path)!.trimEnd(),
  );
  return 0;
}
