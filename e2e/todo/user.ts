import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';
import type { SeededRandom } from '../../testkit/random.ts';
import { call, type JsonAnswer } from './api-client.ts';

/** What a user has done to a task, in the order of what the activity log has to say. */
export interface Action {
  readonly action: 'created' | 'updated' | 'completed' | 'deleted';
  readonly taskId: number;
}

/** A task as its user knows it. */
export interface KnownTask {
  readonly taskId: number;
  title: string;
  completed: boolean;
  deleted: boolean;
  etag: string;
}

/** A user who does one thing after the other, and remembers what has to come of it. */
export class TodoUser {
  public readonly actions: Action[] = [];
  public readonly tasks: KnownTask[] = [];
  /** Requests that were sent again with the same `Idempotency-Key`. */
  public repeated = 0;
  /** Changes of a version that another one had replaced, and other requests that cannot be. */
  public refused = 0;
  /** Tasks that have a comment, or had one. */
  public readonly commented: number[] = [];

  private constructor(
    public readonly userId: string,
    private readonly platform: RunningPlatform,
    private readonly random: SeededRandom,
  ) {}

  /** Registers a user. */
  public static async register(
    platform: RunningPlatform,
    index: number,
    random: SeededRandom,
  ): Promise<TodoUser> {
    const { body } = await call(platform, 'todo-api', 'POST', '/api/users', {
      body: { email: `user${index}@example.com`, name: `User ${index}`, source: 'web' },
      headers: { 'idempotency-key': randomUUID() },
    });
    return new TodoUser(String(body.user_id), platform, random);
  }

  /** Does something: mostly what can be done, sometimes what is refused. */
  public async act(): Promise<void> {
    const open = this.tasks.filter(({ completed, deleted }) => !completed && !deleted);
    const there = this.tasks.filter(({ deleted }) => !deleted);
    const what = this.random.next();
    if (what < 0.4 || open.length === 0) {
      await this.#create();
    } else if (what < 0.6) {
      await this.#update(this.random.pick(open));
    } else if (what < 0.75) {
      await this.#complete(this.random.pick(open));
    } else if (what < 0.85) {
      await this.#delete(this.random.pick(there));
    } else if (what < 0.93) {
      await this.#read(this.random.pick(this.tasks));
    } else {
      await this.#refuse(this.random.pick(this.tasks));
    }
  }

  /** Comments on a task as soon as it is known there. */
  public async comment(): Promise<void> {
    const task = this.tasks.find(({ deleted }) => !deleted);
    if (task === undefined) {
      return;
    }
    const body = { task_id: task.taskId, user_id: this.userId, text: 'Which shop?' };
    for (let attempt = 0; attempt < 600; attempt++) {
      const { status } = await call(this.platform, 'todo-comments', 'POST', '/api/comments', {
        body,
        headers: { 'idempotency-key': `${this.userId}-comment-${attempt}` },
      });
      if (status === 201) {
        this.commented.push(task.taskId);
        return;
      }
      await sleep(100);
    }
    throw new Error(`task ${task.taskId} is not known to todo-comments`);
  }

  async #send(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<JsonAnswer> {
    const request = {
      ...(body && { body }),
      headers: { 'idempotency-key': randomUUID(), ...headers },
    };
    const answer = await call(this.platform, 'todo-api', method, path, request);
    if (this.random.next() < 0.1) {
      this.repeated++;
      const again = await call(this.platform, 'todo-api', method, path, request);
      if (again.status !== answer.status || again.etag !== answer.etag) {
        throw new Error(`${method} ${path} was answered ${answer.status}, then ${again.status}`);
      }
    }
    return answer;
  }

  #done(answer: JsonAnswer, status: number, action: Action['action'], task: KnownTask): void {
    if (answer.status !== status) {
      throw new Error(`${action} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    task.etag = answer.etag ?? task.etag;
    this.actions.push({ action, taskId: task.taskId });
  }

  async #create(): Promise<void> {
    const title = `Task ${this.tasks.length} of the ${this.random.pick(['garden', 'house', 'boat'])}`;
    const answer = await this.#send('POST', '/api/tasks', { user_id: this.userId, title });
    const taskId = Number(answer.body.task_id);
    const task = { taskId, title, completed: false, deleted: false, etag: '' };
    this.tasks.push(task);
    this.#done(answer, 201, 'created', task);
  }

  async #update(task: KnownTask): Promise<void> {
    task.title = `${task.title}!`;
    const path = `/api/tasks/${task.taskId}`;
    const answer = await this.#send(
      'PATCH',
      path,
      { title: task.title },
      { 'if-match': task.etag },
    );
    this.#done(answer, 200, 'updated', task);
  }

  async #complete(task: KnownTask): Promise<void> {
    task.completed = true;
    const answer = await this.#send('POST', `/api/tasks/${task.taskId}/complete`);
    this.#done(answer, 200, 'completed', task);
  }

  async #delete(task: KnownTask): Promise<void> {
    task.deleted = true;
    const answer = await this.#send('DELETE', `/api/tasks/${task.taskId}`, undefined, {
      'if-match': task.etag,
    });
    this.#done(answer, 204, 'deleted', task);
  }

  /** Reads through the cache. What comes may be older than what this user has done, never impossible. */
  async #read({ taskId, title }: KnownTask): Promise<void> {
    const { status, body } = await call(
      ...([this.platform, 'todo-api', 'GET', `/api/tasks/${taskId}`] as const),
    );
    const known = status === 404 || title.startsWith(String(body.title).replace(/!+$/, ''));
    if (!known) {
      throw new Error(`task ${taskId} is shown as ${JSON.stringify(body)}`);
    }
  }

  /** Tries what is refused, and must change nothing. */
  async #refuse(task: KnownTask): Promise<void> {
    const path = `/api/tasks/${task.taskId}`;
    const { status } =
      task.deleted || task.completed
        ? await this.#send('PATCH', path, { title: 'late' }, { 'if-match': '*' })
        : await this.#send('PATCH', path, { title: 'stale' }, { 'if-match': '"0"' });
    const expected = task.deleted ? 404 : task.completed ? 409 : 412;
    if (status !== expected) {
      throw new Error(`a change that is refused was answered ${status} instead of ${expected}`);
    }
    this.refused++;
  }
}
