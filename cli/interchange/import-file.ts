import { posix } from 'node:path';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import { contractDifferences, isObject } from '@cdk8s-event-platform/contracts/internal';
import { UsageError } from '../command-line.ts';
import { asyncApiMessages } from './async-api-messages.ts';
import { Documents, type Located } from './documents.ts';
import { Findings } from './findings.ts';
import type { FoundMessage } from './found-message.ts';
import { type Given, importMessage } from './imported-contract.ts';

/** What an import is told. */
export interface ImportOptions {
  /** Names of messages, where not all are wanted. */
  readonly messages: readonly string[];
  /** Values by option, each `VALUE` for all messages or `NAME=VALUE` for one. */
  readonly given: Readonly<Record<keyof Given, readonly string[]>>;
}

/** What a file was made of. */
export interface ImportedFile {
  readonly contracts: readonly EventContract[];
  readonly notes: readonly string[];
}

const SCHEMA_KEYWORDS = ['$schema', '$ref', 'type', 'properties', 'allOf', 'anyOf', 'oneOf'];

/** What a file is; undefined for JSON Schema. @throws Error when it is neither. */
function asyncApiVersion(root: Located, name: string): string | undefined {
  const { value } = root;
  if (!isObject(value)) {
    throw new Error(`'${name}' is neither AsyncAPI nor JSON Schema: it is not an object`);
  }
  if ('openapi' in value || 'swagger' in value) {
    throw new Error(
      `'${name}' is OpenAPI, which describes requests: import the JSON Schema of an event`,
    );
  }
  if (!('asyncapi' in value)) {
    if (SCHEMA_KEYWORDS.some((keyword) => keyword in value)) {
      return undefined;
    }
    throw new Error(
      `'${name}' is neither AsyncAPI nor JSON Schema: it has neither 'asyncapi' nor ${SCHEMA_KEYWORDS.map((keyword) => `'${keyword}'`).join(', ')}`,
    );
  }
  const version = String(value.asyncapi);
  if (!/^[23]\.\d+\.\d+(?:-|$)/.test(version)) {
    throw new Error(
      `asyncapi '${version}' of '${name}' is not known: use a document of 2.x or 3.x`,
    );
  }
  return version;
}

function schemaMessage(documents: Documents, root: Located): FoundMessage {
  const name = posix.parse(documents.placeOf({ ...root, pointer: '' })).name;
  return { name, place: root, payload: root, description: documents.textAt(root, 'description') };
}

/** The messages that are wanted. @throws UsageError for a name that no message has. */
function chosen(
  messages: readonly FoundMessage[],
  names: readonly string[],
  file: string,
): readonly FoundMessage[] {
  const known = new Set(messages.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new UsageError(`no message '${unknown}' in '${file}': use ${[...known].join(', ')}`);
  }
  return names.length === 0 ? messages : messages.filter(({ name }) => names.includes(name));
}

/** What an option says of one message: for it alone, or for all. */
function valueFor({ name }: FoundMessage, values: readonly string[]): string | undefined {
  const own = values.findLast((value) => value.startsWith(`${name}=`));
  return own?.slice(name.length + 1) ?? values.findLast((value) => !value.includes('='));
}

/** @throws UsageError when an option names a message that is not imported. */
function checkGiven(given: ImportOptions['given'], messages: readonly FoundMessage[]): void {
  const names = messages.map(({ name }) => name);
  for (const [option, values] of Object.entries(given)) {
    const unknown = values.find(
      (value) => value.includes('=') && !names.some((name) => value.startsWith(`${name}=`)),
    );
    if (unknown !== undefined) {
      throw new UsageError(
        `--${option} '${unknown}' names no message: use ${names.map((name) => `${name}=VALUE`).join(', ')}`,
      );
    }
  }
}

/** Each type once. */
function unique(contracts: readonly EventContract[], findings: Findings): EventContract[] {
  const byType = new Map<string, EventContract>();
  for (const contract of contracts) {
    const other = byType.get(contract.type);
    const differences = other === undefined ? [] : contractDifferences(other, contract);
    if (differences.length > 0) {
      findings.problem(
        contract.type,
        `is described twice, with another ${differences.join(', ')}: choose one by --message, or give both the same by --topic`,
      );
    }
    byType.set(contract.type, contract);
  }
  return [...byType.values()];
}

/**
 * Reads contracts from AsyncAPI or JSON Schema, all of them or none.
 *
 * @throws UsageError that asks for what the file does not say, Error for what cannot be a contract.
 */
export function importFile(file: string, options: ImportOptions): ImportedFile {
  const documents = new Documents();
  const findings = new Findings();
  const root = documents.open(file);
  const isAsyncApi = asyncApiVersion(root, file) !== undefined;
  const all = isAsyncApi
    ? asyncApiMessages(documents, root, findings)
    : [schemaMessage(documents, root)];
  findings.report(file);
  if (all.length === 0) {
    throw new Error(`'${file}' describes no message: it needs 'channels' or 'components.messages'`);
  }
  const messages = chosen(all, options.messages, file);
  checkGiven(options.given, messages);
  const version = isAsyncApi ? documents.textAt(root, 'info', 'version') : undefined;
  const imported = messages.map((message) => {
    const given = Object.fromEntries(
      Object.entries(options.given).map(([name, values]) => [name, valueFor(message, values)]),
    );
    return importMessage(documents, message, given, findings, version);
  });
  findings.report(file);
  const missing = imported.flatMap((each) =>
    'missing' in each ? [`${each.message.name}: use ${each.missing.join('; ')}`] : [],
  );
  if (missing.length > 0) {
    throw new UsageError(
      `'${file}' does not say all of a contract (NAME=VALUE is for one message):\n- ${missing.join('\n- ')}`,
    );
  }
  const contracts = unique(
    imported.flatMap((each) => ('contract' in each ? [each.contract] : [])),
    findings,
  );
  findings.report(file);
  return { contracts, notes: findings.notes };
}
