import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { RULES } from './index.ts';

const require = createRequire(import.meta.url);
let pack: ChildProcess | undefined;
afterAll(() => pack?.kill());

/** Starts the pack as Pulumi's CLI does, and gives the port that it listens on. */
async function start(): Promise<string> {
  const runner = require.resolve('@pulumi/pulumi/cmd/run-policy-pack/index.js');
  pack = spawn(process.execPath, [runner, '127.0.0.1:1', import.meta.dirname], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: pack.stdout! }), 'line')) as [string];
  return line;
}

/** What the generated client of the analyzer is used for. */
interface Analyzer {
  getAnalyzerInfo(
    request: unknown,
    done: (error: Error | null, response?: { getPoliciesList(): { getName(): string }[] }) => void,
  ): void;
  close(): void;
}

describe('the policy pack', () => {
  it('starts without a build, and offers every rule', async () => {
    const port = await start();
    const sdk = createRequire(dirname(require.resolve('@pulumi/pulumi/package.json')) + '/');
    const { credentials } = sdk('@grpc/grpc-js') as {
      credentials: { createInsecure(): unknown };
    };
    const { AnalyzerClient } = sdk('./proto/analyzer_grpc_pb.js') as {
      AnalyzerClient: new (address: string, credentials: unknown) => Analyzer;
    };
    const { Empty } = sdk('google-protobuf/google/protobuf/empty_pb.js') as {
      Empty: new () => unknown;
    };
    const analyzer = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const policies = await new Promise<string[]>((resolve, reject) => {
      analyzer.getAnalyzerInfo(new Empty(), (error, response) =>
        error === null
          ? resolve(response!.getPoliciesList().map((policy) => policy.getName()))
          : reject(error),
      );
    });
    analyzer.close();
    expect(policies.sort()).toEqual(RULES.map(({ name }) => name).sort());
  }, 30_000);
});
