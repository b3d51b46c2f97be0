import assert from 'node:assert/strict';
import { DAPR_TOKEN_HEADER } from '@cdk8s-event-platform/contracts/interface';
import { partitionOf } from '../../dev/broker/partitioner.ts';
import { until } from '../../testkit/until.ts';
import { namesOf, PRODUCER, PUBSUB, type TestedNames, type TestedPlatform } from './platform.ts';
import { ScriptedApp } from './scripted-app.ts';
import type { Message, RunningSidecar, Subject, SubjectName } from './subject.ts';

/** An event of a test. */
export interface TestEvent {
  readonly id: string;
  /** @default - the id */
  readonly key?: string;
  /** Which of the app's types it has. @default 0 */
  readonly type?: 0 | 1;
}

/** A request to a sidecar. */
export interface SidecarRequest {
  /** @default 'POST' */
  readonly method?: string;
  readonly path: string;
  readonly body?: string | Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Token of the request; null for none. @default - the right one */
  readonly token?: string | null;
}

/** What a sidecar answered. */
export interface SidecarAnswer {
  readonly status: number;
  readonly text: string;
  /** Version of a value, as HTTP has it. */
  readonly etag: string | undefined;
  /** Of an error of daprd. */
  readonly errorCode: string | undefined;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

/** Number of partitions of each topic of the tests. */
const PARTITIONS = 3;

/** Keys of different partitions, as many as there are partitions. */
export const KEYS: readonly string[] = Array.from({ length: PARTITIONS }, (_, partition) => {
  const keys = Array.from({ length: 100 }, (_unused, index) => `key-${index}`);
  return keys.find((key) => partitionOf(Buffer.from(key), PARTITIONS) === partition)!;
});

/** What a test works with: its app, a sidecar for it, and a producer that all tests share. */
export class Context {
  readonly names: TestedNames;
  #sidecar: RunningSidecar | undefined;

  private constructor(
    public readonly appId: string,
    public readonly app: ScriptedApp,
    private readonly subjectUnderTest: Subject,
    private readonly platform: TestedPlatform,
    private readonly producer: RunningSidecar,
  ) {
    this.names = namesOf(appId);
  }

  /** Starts the app of a test. Its sidecar starts with {@link start}. */
  public static async create(
    appId: string,
    subject: Subject,
    platform: TestedPlatform,
    producer: RunningSidecar,
  ): Promise<Context> {
    return new Context(appId, await ScriptedApp.start(), subject, platform, producer);
  }

  /** What is tested. */
  public get subject(): SubjectName {
    return this.subjectUnderTest.name;
  }

  /** The app's sidecar. */
  public get sidecar(): RunningSidecar {
    return this.#sidecar!;
  }

  /** Starts the app's sidecar, or starts it again. */
  public async start(): Promise<void> {
    this.#sidecar = await this.subjectUnderTest.sidecar(this.appId, this.app.port);
  }

  /** Ends everything of the test. */
  public async close(): Promise<void> {
    await this.#sidecar?.kill();
    await this.app.stop();
  }

  /** The token of an app's sidecar. */
  public token(appId = this.appId): string {
    const name = `${appId}-sidecar-token`;
    const secret = this.platform.secrets.find(({ metadata }) => metadata.name === name);
    return secret!.stringData.token!;
  }

  /** Sends a request to the producer's sidecar, or to the app's. */
  public async request(
    to: 'producer' | 'app',
    { method = 'POST', path, body, contentType, headers, token }: SidecarRequest,
  ): Promise<SidecarAnswer> {
    const { port } = to === 'app' ? this.sidecar : this.producer;
    const sent = token === undefined ? this.token(to === 'app' ? this.appId : PRODUCER) : token;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      redirect: 'manual',
      // A text would get a content type.
      ...(body !== undefined && { body: new Uint8Array(Buffer.from(body)) }),
      headers: {
        ...headers,
        ...(contentType !== undefined && { 'content-type': contentType }),
        ...(sent !== null && { [DAPR_TOKEN_HEADER]: sent }),
      },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString();
    const { errorCode } = (text.startsWith('{') ? JSON.parse(text) : {}) as { errorCode?: string };
    const etag = response.headers.get('etag') ?? undefined;
    const { status, headers: answered } = response;
    return { status, text, etag, errorCode, headers: answered, bytes };
  }

  /** Calls the app by the producer's sidecar. */
  public call(
    method: string,
    path: string,
    request: Omit<SidecarRequest, 'method' | 'path'> = {},
  ): Promise<SidecarAnswer> {
    const called = `/v1.0/invoke/${this.appId}/method${path}`;
    return this.request('producer', { ...request, method, path: called });
  }

  /** Publishes content to the test's topic by the producer's sidecar. */
  public publish(request: Omit<SidecarRequest, 'path'>, query = ''): Promise<SidecarAnswer> {
    const path = `/v1.0/publish/${PUBSUB}/${this.names.topic}${query}`;
    return this.request('producer', { ...request, path });
  }

  /** Publishes entries to the test's topic in one request. */
  public publishMany(entries: unknown, query = ''): Promise<SidecarAnswer> {
    return this.request('producer', {
      path: `/v1.0/publish/bulk/${PUBSUB}/${this.names.topic}${query}`,
      body: JSON.stringify(entries),
      contentType: 'application/json',
    });
  }

  /** Publishes events, each by its key, in one request. */
  public async events(...events: readonly TestEvent[]): Promise<void> {
    const entries = events.map((event) => ({
      entryId: event.id,
      contentType: 'application/cloudevents+json',
      metadata: { partitionKey: event.key ?? event.id },
      event: this.event(event),
    }));
    const { status, text } = await this.publishMany(entries);
    assert.equal(status, 204, text);
  }

  /** An event, as it is published. */
  public event({ id, key = id, type = 0 }: TestEvent): object {
    const time = '2026-11-21T10:00:00.123Z';
    return {
      ...{ specversion: '1.0', id, source: '/tests', type: this.names.types[type], time },
      ...{ datacontenttype: 'application/json', data: { key } },
    };
  }

  /** Puts a message on the test's topic, past every sidecar. */
  public produce(value: Buffer | string | null, key?: string, headers = {}): Promise<void> {
    const bytes = value === null ? null : Buffer.from(value);
    return this.subjectUnderTest.produce(this.names.topic, { key, value: bytes, headers });
  }

  /** Waits until there are as many dead letters, and returns them. */
  public async deadLetters(count: number, seconds = 20): Promise<readonly Message[]> {
    const topic = this.names.deadLetters;
    let found: readonly Message[] = [];
    await until(
      () => `${found.length} dead letters instead of ${count}`,
      seconds,
      async () => (found = await this.subjectUnderTest.messages(topic)).length >= count,
      50,
    );
    assert.equal(found.length, count);
    return found;
  }
}

/** The id of an event in a message. */
export function idIn({ value }: Message): string {
  return (JSON.parse(String(value)) as { id: string }).id;
}
