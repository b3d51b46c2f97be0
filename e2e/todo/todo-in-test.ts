import { Duration } from 'cdk8s';
import { inject } from 'vitest';
import { type Notification, sideEffect } from '@cdk8s-event-platform/runtime';
import type { AppUnderTest, TestAnswer } from '@cdk8s-event-platform/runtime/testing';
import { manifest as activity } from '../../app-images/todo/activity/manifest.ts';
import { parts as activityParts } from '../../app-images/todo/activity/parts.ts';
import { manifest as analytics } from '../../app-images/todo/analytics/manifest.ts';
import { parts as analyticsParts } from '../../app-images/todo/analytics/parts.ts';
import { manifest as api } from '../../app-images/todo/api/manifest.ts';
import { parts as apiParts } from '../../app-images/todo/api/parts.ts';
import { manifest as audit } from '../../app-images/todo/audit/manifest.ts';
import { parts as auditParts } from '../../app-images/todo/audit/parts.ts';
import { manifest as cacheInvalidator } from '../../app-images/todo/cache-invalidator/manifest.ts';
import { parts as invalidatorParts } from '../../app-images/todo/cache-invalidator/parts.ts';
import { manifest as comments } from '../../app-images/todo/comments/manifest.ts';
import { parts as commentsParts } from '../../app-images/todo/comments/parts.ts';
import { manifest as gamification } from '../../app-images/todo/gamification/manifest.ts';
import { parts as gamificationParts } from '../../app-images/todo/gamification/parts.ts';
import { manifest as notifications } from '../../app-images/todo/notifications/manifest.ts';
import { notificationParts } from '../../app-images/todo/notifications/parts.ts';
import { manifest as onboarding } from '../../app-images/todo/onboarding/manifest.ts';
import { parts as onboardingParts } from '../../app-images/todo/onboarding/parts.ts';
import { manifest as search } from '../../app-images/todo/search/manifest.ts';
import { parts as searchParts } from '../../app-images/todo/search/parts.ts';
import { manifest as sync } from '../../app-images/todo/sync/manifest.ts';
import { syncParts } from '../../app-images/todo/sync/parts.ts';
import { TODO } from '../../charts/todo/index.ts';
import type { Task } from '../../app-images/todo/state/task-cache.ts';
import { type TestPlatform, testPlatform } from '../../dev/testing/test-platform.ts';

/** A mail that was sent. */
export interface SentMail {
  readonly to: string;
  readonly subject: string;
}

/** The Todo system in one process, as each test starts it. */
export class TodoInTest {
  private constructor(
    public readonly platform: TestPlatform,
    /** Mails in the order in which they were sent. */
    public readonly mails: readonly SentMail[],
  ) {}

  /** Starts all apps of the platform, as it is rendered for a local cluster. */
  public static async start(): Promise<TodoInTest> {
    const mails: SentMail[] = [];
    const mailing = sideEffect<Notification>('notification', ({ payload }) => {
      mails.push({ to: payload.address ?? payload.recipient, subject: payload.subject });
      return Promise.resolve();
    });
    const apps: readonly AppUnderTest[] = [
      { manifest: activity, ...activityParts },
      { manifest: analytics, ...analyticsParts },
      { manifest: api, ...apiParts },
      { manifest: audit, ...auditParts },
      { manifest: cacheInvalidator, ...invalidatorParts },
      { manifest: comments, ...commentsParts },
      { manifest: gamification, ...gamificationParts },
      { manifest: notifications, ...notificationParts(mailing) },
      { manifest: onboarding, ...onboardingParts },
      { manifest: search, ...searchParts },
      { manifest: sync, ...syncParts({ targets: [], secret: '' }) },
    ];
    const platform = await testPlatform(TODO.environments.local!(), {
      url: inject('postgresUrl'),
      restWithin: Duration.seconds(30),
      apps: Object.fromEntries(apps.map((app) => [app.manifest.appId, app])),
    });
    return new TodoInTest(platform, mails);
  }

  /** Sends a request to an app. */
  public send(
    appId: string,
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<TestAnswer> {
    return this.platform.request(appId, method, path, { ...(body && { body }), headers });
  }

  /** Registers a user. @returns the id. */
  public async register(name = 'Ada'): Promise<string> {
    const { body } = await this.send('todo-api', 'POST', '/api/users', {
      ...{ email: `${name.toLowerCase()}@example.com`, name, source: 'web' },
    });
    return (body as { user_id: string }).user_id;
  }

  /** Creates a task. */
  public async create(userId: string, title: string, description?: string): Promise<Task> {
    const { body } = await this.send('todo-api', 'POST', '/api/tasks', {
      ...{ user_id: userId, title },
      ...(description !== undefined && { description }),
    });
    return body as Task;
  }

  /** What the API shows of a task, from the cache or, without it, from the database. */
  public async show(taskId: number, cached = true): Promise<TestAnswer> {
    const headers: Record<string, string> = cached ? {} : { 'cache-control': 'no-cache' };
    return this.send('todo-api', 'GET', `/api/tasks/${taskId}`, undefined, headers);
  }

  /** Rows of a statement. */
  public rows<Row extends object>(statement: string): Promise<Row[]> {
    return this.platform.query<Row & Record<string, unknown>>('todo-api', statement);
  }

  /** Tasks that the cache shows otherwise than the database. */
  public async stale(): Promise<number[]> {
    const rows = await this.rows<{ id: string }>('SELECT task_id AS id FROM todo_tasks');
    const stale: number[] = [];
    for (const { id } of rows) {
      const [cached, current] = [await this.show(Number(id)), await this.show(Number(id), false)];
      if (JSON.stringify(cached.body) !== JSON.stringify(current.body)) {
        stale.push(Number(id));
      }
    }
    return stale;
  }
}
