import { inject } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { OperatedSagas } from '../operated-sagas.ts';
import { orders, parts, Submitted } from './orders.ts';
import { Charge, PlaceOrder, Refund, Release, Reserve, Ship } from './place-order.ts';

/** The app with the saga, on a database of its own. */
export class OrdersInTest {
  public app: TestApp;

  private constructor(public readonly database: TestDatabase) {
    this.app = new TestApp({ manifest: orders, ...parts }, database);
  }

  public static async start(): Promise<OrdersInTest> {
    return new OrdersInTest(await createDatabase([orders], { url: inject('postgresUrl') }));
  }

  /** Begins again with empty tables. */
  public async reset(): Promise<void> {
    await this.database.pool.query(
      'TRUNCATE sagas, saga_commands, outbox, processed_events, quarantine, idempotency_keys',
    );
    this.app = new TestApp({ manifest: orders, ...parts }, this.database);
  }

  public submit(id: string) {
    return this.app.deliver(Submitted, { key: id });
  }

  public find(id: string) {
    return this.app.sagas.find(PlaceOrder, id);
  }

  /** An operator asks for something, which the app has not looked at yet. */
  public async ask(id: string, what: 'cancel' | 'retry'): Promise<void> {
    await new OperatedSagas(this.database.pool).ask(['orders', PlaceOrder.name, id], what);
  }

  /** Lets participants do what they are asked for. */
  public allAgree(): void {
    this.app.answer(Charge, () => ({ outcome: 'charged' }));
    this.app.answer(Refund, () => ({ outcome: 'refunded' }));
    this.app.answer(Reserve, () => ({ outcome: 'reserved' }));
    this.app.answer(Release, () => ({ outcome: 'released' }));
    this.app.answer(Ship, () => ({ outcome: 'created' }));
  }
}
