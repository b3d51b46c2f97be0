import { randomUUID } from 'node:crypto';
import type { SeededRandom } from '../../testkit/random.ts';
import { pathOf, type RouteAction, type RouteId } from './route.ts';
import type { AppAnswer, PlatformClient } from '../platform-client.ts';

/** Ratio of requests that are sent again, and of those that must be refused. */
const REPEATED = 0.05;
const REFUSED = 0.05;

const OPERATOR = 'operator-1';

/** Somebody who changes one route, one change after the other, and remembers what has to come of it. */
export class RouteOperator {
  /** Changes, in their order. */
  public readonly actions: RouteAction[] = [];
  public active = false;
  public url = '';
  /** Requests that were sent again with the same `Idempotency-Key`. */
  public repeated = 0;
  /** Requests that were refused, as they must be. */
  public refused = 0;

  public constructor(
    public readonly id: RouteId,
    private readonly client: PlatformClient,
    private readonly random: SeededRandom,
    /** Where the route leads. */
    private readonly target: string,
  ) {}

  /** Changes the route. @throws Error when something is answered otherwise than it must be. */
  public async change(): Promise<void> {
    if (this.actions.length > 0 && this.random.next() < REFUSED) {
      await this.#refuse();
    }
    if (this.actions.length === 0) {
      this.url = this.target;
      const { status } = await this.#send('/api/routes', { ...this.id, url: this.url });
      this.#done('created', status, 201);
      return;
    }
    const { status } = await this.#send(this.#path(this.active ? 'deactivate' : 'activate'));
    this.active = !this.active;
    this.#done(this.active ? 'activated' : 'deactivated', status, 200);
  }

  #path(command: string): string {
    return `${pathOf('/api/routes', this.id)}/${command}`;
  }

  async #send(path: string, body?: object): Promise<AppAnswer> {
    const request = {
      ...(body && { body }),
      headers: { 'idempotency-key': randomUUID(), 'x-user-id': OPERATOR },
    };
    const answer = await this.client.call('traffic-api', 'POST', path, request);
    if (this.random.next() < REPEATED) {
      this.repeated++;
      const again = await this.client.call('traffic-api', 'POST', path, request);
      if (again.status !== answer.status) {
        throw new Error(`POST ${path} was answered ${answer.status}, then ${again.status}`);
      }
    }
    return answer;
  }

  #done(action: RouteAction, status: number, expected: number): void {
    if (status !== expected) {
      throw new Error(`a route that is ${action} was answered ${status} instead of ${expected}`);
    }
    this.actions.push(action);
  }

  /** Does again what is done: it must be refused, and change nothing. */
  async #refuse(): Promise<void> {
    const { status } = await (this.active
      ? this.#send(this.#path('activate'))
      : this.#send('/api/routes', { ...this.id, url: 'https://other.example/' }));
    if (status !== 409) {
      throw new Error(`a change that must be refused was answered ${status} instead of 409`);
    }
    this.refused++;
  }
}
