import { Duration } from 'cdk8s';
import { inject } from 'vitest';
import type { AppUnderTest, TestAnswer } from '@cdk8s-event-platform/runtime/testing';
import { sideEffect, type Notification } from '@cdk8s-event-platform/runtime';
import { manifest as analytics } from '../../app-images/orders/analytics/manifest.ts';
import { parts as analyticsParts } from '../../app-images/orders/analytics/parts.ts';
import { manifest as audit } from '../../app-images/orders/audit/manifest.ts';
import { parts as auditParts } from '../../app-images/orders/audit/parts.ts';
import { manifest as crm } from '../../app-images/orders/crm/manifest.ts';
import { parts as crmParts } from '../../app-images/orders/crm/parts.ts';
import { manifest as email } from '../../app-images/orders/email/manifest.ts';
import { emailParts } from '../../app-images/orders/email/parts.ts';
import type { OrderCreatedData } from '../../app-images/orders/events/index.ts';
import { manifest as inventory } from '../../app-images/orders/inventory/manifest.ts';
import { parts as inventoryParts } from '../../app-images/orders/inventory/parts.ts';
import { manifest as notifications } from '../../app-images/orders/notifications/manifest.ts';
import { parts as notificationParts } from '../../app-images/orders/notifications/parts.ts';
import { manifest as orchestrator } from '../../app-images/orders/orchestrator/manifest.ts';
import { parts as orchestratorParts } from '../../app-images/orders/orchestrator/parts.ts';
import { manifest as orders } from '../../app-images/orders/orders/manifest.ts';
import { parts as orderParts } from '../../app-images/orders/orders/parts.ts';
import { manifest as payments } from '../../app-images/orders/payments/manifest.ts';
import { parts as paymentParts } from '../../app-images/orders/payments/parts.ts';
import { manifest as shipping } from '../../app-images/orders/shipping/manifest.ts';
import { parts as shippingParts } from '../../app-images/orders/shipping/parts.ts';
import { manifest as users } from '../../app-images/orders/users/manifest.ts';
import { parts as userParts } from '../../app-images/orders/users/parts.ts';
import { ORDERS } from '../../charts/orders/index.ts';
import { type TestPlatform, testPlatform } from '../../dev/testing/test-platform.ts';

/** What an order is placed with. */
export type Wish = Partial<Pick<OrderCreatedData, 'items' | 'shipping_address' | 'saga'>> & {
  readonly user_id: string;
};

/** What has become of an order. */
export interface OrderShown {
  readonly status: string;
  readonly is_paid: boolean;
}

const ADDRESS = { name: 'Ada', street: 'Dorset Street 1', city: 'London', country: 'GB' };

/** Takes mails, and does nothing with them. */
const mailing = sideEffect<Notification>('notification', () => Promise.resolve());

/** The order platform in one process, as each test starts it. */
export class OrdersInTest {
  #requests = 0;

  private constructor(public readonly platform: TestPlatform) {}

  /** Starts all apps of the platform, as it is rendered for a local cluster; books cost 10, pens 1. */
  public static async start(): Promise<OrdersInTest> {
    const apps: readonly AppUnderTest[] = [
      { manifest: analytics, ...analyticsParts },
      { manifest: audit, ...auditParts },
      { manifest: crm, ...crmParts },
      { manifest: email, ...emailParts(mailing) },
      { manifest: inventory, ...inventoryParts },
      { manifest: notifications, ...notificationParts },
      { manifest: orchestrator, ...orchestratorParts },
      { manifest: orders, ...orderParts },
      { manifest: payments, ...paymentParts },
      { manifest: shipping, ...shippingParts },
      { manifest: users, ...userParts },
    ];
    const platform = await testPlatform(ORDERS.environments.local!(), {
      url: inject('postgresUrl'),
      restWithin: Duration.seconds(30),
      apps: Object.fromEntries(apps.map((app) => [app.manifest.appId, app])),
    });
    const started = new OrdersInTest(platform);
    await started.put('shop-orders', '/api/prices/book', { price: 10 });
    await started.put('shop-orders', '/api/prices/pen', { price: 1 });
    return started;
  }

  public stop(): Promise<void> {
    return this.platform.stop();
  }

  /** Sends a request that is made once. */
  public post(appId: string, path: string, body: object): Promise<TestAnswer> {
    const headers = { 'idempotency-key': `request-${this.#requests++}` };
    return this.platform.request(appId, 'POST', path, { body, headers });
  }

  public put(appId: string, path: string, body: object): Promise<TestAnswer> {
    return this.platform.request(appId, 'PUT', path, { body });
  }

  public async get(appId: string, path: string): Promise<unknown> {
    return (await this.platform.request(appId, 'GET', path)).body;
  }

  /** A user whom everybody knows of. */
  public async user(money: number): Promise<string> {
    const { body } = await this.post('shop-users', '/api/users', {
      email: `user-${this.#requests}@example.com`,
      username: 'Ada',
    });
    const { user_id: id } = body as { user_id: string };
    if (money > 0) {
      await this.post('shop-payments', `/api/wallets/${id}/deposits`, { amount: money });
    }
    await this.platform.settle();
    return id;
  }

  /** Adds to the stock. */
  public async deliver(sku: string, quantity: number): Promise<void> {
    await this.post('shop-inventory', `/api/stock/${sku}/deliveries`, { quantity });
  }

  /** Places an order of one book, unless it is for something else. */
  public async place(wish: Wish): Promise<string> {
    const { body } = await this.post('shop-orders', '/api/orders', {
      ...{ items: [{ sku: 'book', quantity: 1 }], shipping_address: ADDRESS },
      ...wish,
    });
    return (body as { order_id: string }).order_id;
  }

  public async order(id: string): Promise<OrderShown> {
    return (await this.get('shop-orders', `/api/orders/${id}/state`)) as OrderShown;
  }

  public async balance(userId: string): Promise<number> {
    const wallet = await this.get('shop-payments', `/api/wallets/${userId}`);
    return (wallet as { balance: number }).balance;
  }

  public async inStock(sku: string): Promise<number> {
    const stock = await this.get('shop-inventory', `/api/stock/${sku}`);
    return (stock as { available: number }).available;
  }

  public async shipment(id: string): Promise<string | undefined> {
    const shipment = await this.get('shop-shipping', `/api/shipments/${id}`);
    return (shipment as { status?: string }).status;
  }
}
