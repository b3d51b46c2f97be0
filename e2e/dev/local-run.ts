import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import pg from 'pg';
import type { EventDetail, EventSummary, StatusView } from '../../dev/api/types.ts';
import { until } from '../../testkit/until.ts';
import type { Newcomer } from './newcomer.ts';

/** First ports of the run. */
const [PORT, PAGE_PORT] = [18_080, 19_400];
/** Seconds for anything to happen. */
const PATIENCE = 60;
/** Milliseconds between two looks. */
const OFTEN = 10;

/** `npm run dev` of a project. */
export class LocalRun {
  readonly #lines: string[] = [];
  readonly #child: ChildProcess;
  #ended = false;

  private constructor(newcomer: Newcomer, folder: string) {
    const args = ['run', '--silent', 'dev', '--', '--json'];
    this.#child = newcomer.start(
      'npm',
      [...args, '--port', String(PORT), '--page-port', String(PAGE_PORT)],
      folder,
    );
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => this.#lines.push(line));
    }
    this.#child.once('exit', () => (this.#ended = true));
  }

  /** Starts it, and waits until it says that it runs. */
  public static async start(newcomer: Newcomer, folder: string): Promise<LocalRun> {
    const started = new LocalRun(newcomer, folder);
    await started.#said('runs after');
    return started;
  }

  /** Address of the page. */
  public get page(): string {
    return this.#addressOf('page');
  }

  /** Everything that it has printed. */
  public get output(): string {
    return this.#lines.join('\n');
  }

  /** Sends a request to an app, and again while it does not listen. */
  public async post(appId: string, path: string, body: object): Promise<void> {
    const url = `${this.#addressOf(appId)}${path}`;
    const accepted = async () => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).catch(() => undefined);
      return response?.status === 202;
    };
    await until(`POST ${path} is accepted`, PATIENCE, accepted, OFTEN);
  }

  /** Asks the HTTP API. */
  public async api<Answer>(path: string, method = 'GET', body?: object): Promise<Answer> {
    const response = await fetch(`${this.page}/api/${path}`, {
      method,
      ...(body && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    if (!response.ok) {
      throw new Error(`${method} /api/${path}: ${response.status} ${await response.text()}`);
    }
    return (await response.json()) as Answer;
  }

  /** The newest event of a topic with what became of it; undefined in an empty topic. */
  public async newest(topic: string): Promise<EventDetail | undefined> {
    const [event] = await this.api<EventSummary[]>(`topics/${topic}/events?limit=1`);
    return event && this.api(`topics/${topic}/events/${event.partition}/${event.position}`);
  }

  /** Waits until every group has processed what there is, and no event is left in an outbox. */
  public async idle(): Promise<void> {
    await until('nothing waits', 2 * PATIENCE, async () => {
      const { groups, databases } = await this.api<StatusView>('status');
      const outboxes = databases.flatMap(({ outbox }) => Object.values(outbox));
      return (
        groups.every(({ lag }) => lag === 0) &&
        databases.every(({ available }) => available) &&
        outboxes.every((rows) => rows === 0)
      );
    });
  }

  /** Asks a database of it. */
  public async query<Row extends pg.QueryResultRow>(database: string, sql: string): Promise<Row[]> {
    const [, port] = /PostgreSQL on port (\d+)/.exec(this.output)!;
    const login = { user: 'postgres', password: 'dev', host: '127.0.0.1', port: Number(port) };
    const client = new pg.Client({ ...login, database });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends it by Ctrl+C. */
  public async stop(): Promise<void> {
    if (!this.#ended) {
      process.kill(-this.#child.pid!, 'SIGINT');
      await until('dev has ended', PATIENCE, () => Promise.resolve(this.#ended), OFTEN);
    }
  }

  /** Where it says that something listens: what was asked for may have been in use. */
  #addressOf(name: string): string {
    const [, address] =
      new RegExp(`"from":"${name}","line":"(http:[^"]+)"`).exec(this.output) ?? [];
    if (address === undefined) {
      throw new Error(`dev names no address of '${name}':\n${this.output}`);
    }
    return address;
  }

  async #said(text: string): Promise<void> {
    const said = () => {
      if (this.#ended) {
        throw new Error(`dev has ended:\n${this.output}`);
      }
      return Promise.resolve(this.output.includes(text));
    };
    await until(`dev says '${text}'`, PATIENCE, said, OFTEN);
  }
}
