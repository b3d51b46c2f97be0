import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { changes, isWithin } from './diff.ts';
import type { Configure, Provider } from './provider.ts';
import { hasSecret, type Properties, reveal, Secret } from './values.ts';

const COMMAND = 'command:local:Command';

interface Inputs {
  readonly create?: string;
  readonly update?: string;
  readonly delete?: string;
  readonly dir?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly interpreter?: readonly [string, ...string[]];
  readonly stdin?: string;
}

/** Runs a text of a shell. @throws Error with its output when it fails. */
function shell(text: string, inputs: Inputs, last: Properties): Promise<Properties> {
  const { dir, environment, interpreter = ['/bin/sh', '-c'], stdin = '' } = inputs;
  const [command, ...args] = interpreter;
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args, text], {
      cwd: dir,
      env: {
        ...process.env,
        PULUMI_COMMAND_STDOUT: String(reveal(last.stdout ?? '')),
        PULUMI_COMMAND_STDERR: String(reveal(last.stderr ?? '')),
        ...environment,
      },
    });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (chunk: string) => (output[stream] += chunk));
    }
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) {
        resolve({ stdout: output.stdout.trimEnd(), stderr: output.stderr.trimEnd() });
      } else {
        const said = `${output.stdout}\n${output.stderr}`.trim();
        reject(new Error(`'${text}' ended with ${code ?? signal ?? 'an error'}: ${said}`));
      }
    });
    // A command need not read what it is given; whether it has failed, its exit code says.
    child.stdin.on('error', () => undefined).end(stdin);
  });
}

function inputsOf(properties: Properties): Inputs {
  return reveal(properties) as Inputs;
}

/** The output of a command is as secret as its input. */
function outputsOf(inputs: Properties, output: Properties): Properties {
  const secret = hasSecret(inputs);
  return {
    ...inputs,
    ...Object.fromEntries(
      Object.entries(output).map(([key, text]) => [key, secret ? new Secret(text) : text]),
    ),
  };
}

/**
 * A stand-in for `pulumi-resource-command`, which no package registry serves: commands of this
 * machine, without assets and archives.
 *
 * @see https://www.pulumi.com/registry/packages/command/api-docs/local/command/
 */
const provider: Provider = {
  diff: (resource, inputs) => ({
    changes: changes(resource.inputs, inputs),
    replaces: ({ path }) => isWithin(path, ['triggers']),
    deleteBeforeReplace: false,
  }),
  create: async (type, inputs) => {
    if (type !== COMMAND) {
      throw new Error(`the stand-in has no '${type}': it has ${COMMAND}`);
    }
    const { create } = inputsOf(inputs);
    const output = create === undefined ? {} : await shell(create, inputsOf(inputs), {});
    return { id: randomUUID(), outputs: outputsOf(inputs, output) };
  },
  read: ({ inputs, outputs }) => Promise.resolve({ inputs, outputs }),
  update: async (resource, inputs) => {
    const { create, update = create } = inputsOf(inputs);
    return update === undefined
      ? { ...resource.outputs, ...inputs }
      : outputsOf(inputs, await shell(update, inputsOf(inputs), resource.outputs));
  },
  delete: async ({ inputs, outputs }) => {
    const given = inputsOf(inputs);
    if (given.delete !== undefined) {
      await shell(given.delete, given, outputs);
    }
  },
};

/** Nothing of it can be configured. */
export const commandProvider: Configure = () => Promise.resolve(provider);
