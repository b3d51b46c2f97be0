import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SecretManifest } from '../../cli/make-secret.ts';

const run = promisify(execFile);

/** Where and how Kafka's own tools log in. */
export interface RightsOptions {
  /** Folder with Kafka's tools. */
  readonly tool: string;
  readonly bootstrapServers: string;
  /** File with the certificate of the brokers' authority. */
  readonly authority: string;
  /** Folder for the files that tools log in with. */
  readonly folder: string;
  readonly secrets: readonly SecretManifest[];
}

/** Kafka's tools, as one client. */
class Client {
  readonly #options: RightsOptions;
  readonly #login: string;

  public constructor(options: RightsOptions, name: string) {
    this.#options = options;
    const account = options.secrets.find(({ metadata }) => metadata.name === `${name}-broker`)!;
    const { username, password } = account.stringData;
    this.#login = join(options.folder, `${name}.properties`);
    writeFileSync(
      this.#login,
      [
        'security.protocol=SASL_SSL',
        'sasl.mechanism=SCRAM-SHA-512',
        `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";`,
        'ssl.truststore.type=PEM',
        `ssl.truststore.location=${options.authority}`,
      ].join('\n'),
    );
  }

  /** What a tool says, errors included, sorted by line. */
  public async ask(script: string, ...args: string[]): Promise<string[]> {
    const config = script === 'kafka-console-consumer' ? '--consumer.config' : '--command-config';
    const asked = await run(join(this.#options.tool, 'bin', `${script}.sh`), [
      ...['--bootstrap-server', this.#options.bootstrapServers, config, this.#login],
      ...args,
    ]).catch((error: unknown) => error as { stdout: string; stderr: string });
    return `${asked.stdout}\n${asked.stderr}`.split('\n').filter(Boolean).sort();
  }
}

/** What is not so of what the consumer of a topic was granted. */
async function consumerProblems(options: RightsOptions): Promise<string[]> {
  const seen = await new Client(options, 'task-processor').ask('kafka-topics', '--list');
  const granted = ['task-created', 'task-created.task-processor.dlq'];
  return seen.join() === granted.join()
    ? []
    : [`task-processor sees ${seen.join(', ')}, and was granted ${granted.join(', ')}`];
}

/** What is not so of an account that may look at everything, and read and change nothing. */
async function inspectorProblems(options: RightsOptions): Promise<string[]> {
  const page = new Client(options, 'kafka-ui');
  const topic = ['--topic', 'task-created'];
  const says = async (
    what: string,
    expected: RegExp,
    script: string,
    ...args: string[]
  ): Promise<string[]> => {
    const said = (await page.ask(script, ...args)).join('\n');
    return expected.test(said) ? [] : [`kafka-ui ${what}: Kafka said ${said.slice(0, 400)}`];
  };
  // One after the other: each starts a Java of its own.
  return [
    ...(await says('cannot see topics', /^task-created$/m, 'kafka-topics', '--list')),
    ...(await says(
      'cannot see the settings of topics',
      /retention\.ms=604800000/,
      'kafka-configs',
      ...['--describe', '--all', '--entity-type', 'topics', '--entity-name', 'task-created'],
    )),
    ...(await says(
      'cannot see the settings of brokers',
      /auto\.create\.topics\.enable=false/,
      'kafka-configs',
      ...['--describe', '--all', '--entity-type', 'brokers', '--entity-name', '0'],
    )),
    ...(await says(
      'cannot see the lag of groups',
      /task-processor +task-created +\d+ +\d+ +\d+ +\d+/,
      'kafka-consumer-groups',
      ...['--describe', '--group', 'task-processor'],
    )),
    ...(await says(
      'may read messages',
      /Not authorized to access topics: \[task-created\]/,
      'kafka-console-consumer',
      ...[...topic, '--partition', '0', '--offset', 'earliest', '--max-messages', '1'],
      ...['--timeout-ms', '10000'],
    )),
    ...(await says(
      'may create topics',
      /Authorization failed/,
      'kafka-topics',
      ...['--create', '--topic', 'by-hand'],
    )),
    ...(await says(
      'may delete topics',
      /Authorization failed|not authorized/i,
      'kafka-topics',
      ...['--delete', '--topic', 'task-created.task-processor.dlq'],
    )),
  ];
}

/** Whether clients of the task platform and of its page may do just what they were granted. */
export async function rightsProblems(options: RightsOptions): Promise<string[]> {
  return [...(await consumerProblems(options)), ...(await inspectorProblems(options))];
}
