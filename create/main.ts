#!/usr/bin/env node
/** The command `create-cdk8s-event-platform`, which `npm create cdk8s-event-platform` runs. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import packageJson from './package.json' with { type: 'json' };
import { namesProblem, type ProjectNames, TEMPLATE_NAMES } from './names.ts';
import { folderProblem, projectFiles, writeProject } from './project.ts';

const HELP = `npm create cdk8s-event-platform [NAME] [-- OPTIONS]

Creates a project: an event, a service that publishes it, a consumer, the platform in a local and a production
environment, tests, a Dockerfile and a workflow for CI. Without NAME, asks for it and what is not given, at a terminal.

  NAME           of the project and its namespace: a-z, 0-9 and '-', at most 30 characters
  --event EVENT  the first event: a subject and what has happened to it (default: order-placed)
  --key FIELD    its field by which events keep their order (default: customer_id)
  --broker NAME  kafka, nats, rabbitmq or redis (default: kafka)
  --folder DIR   where the project goes (default: NAME)
  --no-install   leaves out npm install
  --json         prints folder and files as JSON, and everything else to standard error
  --help         this text`;

/** The command was called wrongly. */
class UsageError extends Error {}

const QUESTIONS: Readonly<Record<keyof ProjectNames, string>> = {
  name: 'Name of the project',
  event: 'First event',
  key: 'Field that keeps its events in order',
  broker: 'Broker: kafka, nats, rabbitmq or redis',
};

/** Asks for what is not given, with the template's own names as defaults. */
async function askNames(given: Partial<ProjectNames>): Promise<ProjectNames> {
  if (!process.stdin.isTTY) {
    throw new UsageError('no name: npm create cdk8s-event-platform shop');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answers: Partial<Record<keyof ProjectNames, string>> = { ...given };
  for (const part of Object.keys(QUESTIONS) as (keyof ProjectNames)[]) {
    const usual = TEMPLATE_NAMES[part];
    answers[part] ??= (await terminal.question(`${QUESTIONS[part]} (${usual}): `)).trim() || usual;
  }
  terminal.close();
  return { ...TEMPLATE_NAMES, ...answers };
}

/** The template: beside the sources here, above lib/ in the package. */
function templateFolder(): string {
  const beside = join(import.meta.dirname, 'template');
  return existsSync(beside) ? beside : join(import.meta.dirname, '..', 'template');
}

/** @param output where npm prints to. */
function install(folder: string, output: 'inherit' | 2): void {
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['inherit', output, 'inherit'],
    // npm is a batch file on Windows.
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    throw new Error(`the project is in ${folder}, and npm install failed: run it there again`);
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        event: { type: 'string' },
        key: { type: 'string' },
        broker: { type: 'string' },
        folder: { type: 'string' },
        'no-install': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function create(): Promise<void> {
  const { values, positionals } = readArguments();
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (positionals.length > 1) {
    throw new UsageError(`one name, not '${positionals.join(' ')}'`);
  }
  const [name] = positionals;
  const { event, key, broker } = values;
  const given = {
    ...(event !== undefined && { event }),
    ...(key !== undefined && { key }),
    ...(broker !== undefined && { broker }),
  };
  const names = name === undefined ? await askNames(given) : { ...TEMPLATE_NAMES, ...given, name };
  const folder = values.folder ?? names.name;
  const problem = namesProblem(names) ?? folderProblem(folder);
  if (problem !== undefined) {
    throw new UsageError(problem);
  }
  const files = projectFiles(templateFolder(), names, packageJson.version);
  writeProject(folder, files);
  const { json, 'no-install': withoutInstall } = values;
  const say = json ? console.error : console.log;
  say(`${files.size} files in ${folder}`);
  if (!withoutInstall) {
    say(`installing packages in ${folder} …`);
    install(folder, json ? 2 : 'inherit');
  }
  say(`
next:
  cd ${folder}${withoutInstall ? '\n  npm install' : ''}
  npm run dev       # the platform on this machine: PostgreSQL, a broker, and the apps
  npm test          # contracts, handlers on a real PostgreSQL, and what the chart renders
  npm run synth     # manifests in dist/local and dist/production`);
  if (json) {
    console.log(JSON.stringify({ folder, files: [...files.keys()], installed: !withoutInstall }));
  }
}

try {
  await create();
} catch (error) {
  console.error(`create-cdk8s-event-platform: ${(error as Error).message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
