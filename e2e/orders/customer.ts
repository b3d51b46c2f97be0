import type { SeededRandom } from '../../testkit/random.ts';
import type { PlatformClient } from '../platform-client.ts';

/** What is sold, what it costs, and how much of it there is: of `limited` less than is asked for, of `rare` nothing. */
export const ARTICLES = { book: 1_200, pen: 150, limited: 900, rare: 5_000 } as const;

/** Where an order fails, by what is asked for; `either` where it depends on who comes first. */
export type Fate = 'shipped' | 'payment' | 'items' | 'shipment' | 'either';

/** An order that was placed. */
export interface PlacedOrder {
  readonly id: string;
  readonly saga: 'choreography' | 'orchestration';
  readonly items: readonly { readonly sku: keyof typeof ARTICLES; readonly quantity: number }[];
  readonly amount: number;
  readonly fate: Fate;
  /** Whether its customer has asked for it to be cancelled. */
  readonly mayBeCancelled: boolean;
}

/** Share of the orders that reach a step and fail there. */
const FAILING = 0.3;
/** Shares of orders for what is scarce, that are cancelled at once, and that are sent twice. */
const SCARCE = 0.04;
const CANCELLED = 0.04;
const REPEATED = 0.1;
/** What a customer who can pay has. */
export const WEALTH = 1_000_000_000;

const HOME = { name: 'Ada', street: 'Dorset Street 1', city: 'London', country: 'GB' };
const FAR = { name: 'Ada', street: 'McMurdo Station', city: 'Ross Island', country: 'AQ' };

/** A user with money, or without. */
export class Customer {
  private constructor(
    private readonly client: PlatformClient,
    private readonly userId: string,
    public readonly canPay: boolean,
  ) {}

  /** Registers a user. @param index of the user, which its requests are told apart by. */
  public static async register(
    client: PlatformClient,
    index: number,
    canPay: boolean,
  ): Promise<Customer> {
    const { body } = await client.call('shop-users', 'POST', '/api/users', {
      body: { email: `user-${index}@example.com`, username: `User ${index}` },
      headers: { 'idempotency-key': `user-${index}` },
    });
    const userId = body.user_id as string;
    if (canPay) {
      await client.call('shop-payments', 'POST', `/api/wallets/${userId}/deposits`, {
        body: { amount: WEALTH },
        headers: { 'idempotency-key': `deposit-${index}` },
      });
    }
    return new Customer(client, userId, canPay);
  }

  /** Places an order, and may want to cancel it at once. @param name that its request is told apart by. */
  public async order(
    name: string,
    saga: PlacedOrder['saga'],
    random: SeededRandom,
  ): Promise<PlacedOrder> {
    const isScarce = random.next() < SCARCE;
    const isRare = random.next() < FAILING;
    const isFar = random.next() < FAILING;
    const items: PlacedOrder['items'] = [
      { sku: 'book', quantity: Math.floor(random.between(1, 4)) },
      ...(isScarce ? [{ sku: 'limited', quantity: 1 } as const] : []),
      isRare
        ? { sku: 'rare', quantity: 1 }
        : { sku: 'pen', quantity: Math.floor(random.between(1, 6)) },
    ];
    const request = {
      body: { user_id: this.userId, items, saga, shipping_address: isFar ? FAR : HOME },
      headers: { 'idempotency-key': name },
    };
    const { status, body } = await this.client.call('shop-orders', 'POST', '/api/orders', request);
    if (status !== 202) {
      throw new Error(`order ${name} was answered ${status}: ${JSON.stringify(body)}`);
    }
    if (random.next() < REPEATED) {
      const { body: again } = await this.client.call('shop-orders', 'POST', '/api/orders', request);
      if (again.order_id !== body.order_id) {
        throw new Error(`order ${name} was placed twice: as ${String(again.order_id)}, too`);
      }
    }
    const id = body.order_id as string;
    const isCancelled = random.next() < CANCELLED;
    if (isCancelled) {
      await this.client.call('shop-orders', 'POST', `/api/orders/${id}/cancel`, {
        body: { reason: 'changed_mind' },
        headers: { 'idempotency-key': `${name}-cancel` },
      });
    }
    return {
      ...{ id, saga, items },
      amount: body.total_amount as number,
      mayBeCancelled: isCancelled,
      fate: this.#fate({ isRare, isFar, isOpen: isScarce || isCancelled }),
    };
  }

  #fate(order: {
    readonly isRare: boolean;
    readonly isFar: boolean;
    readonly isOpen: boolean;
  }): Fate {
    if (!this.canPay) {
      return 'payment';
    }
    if (order.isRare) {
      return 'items';
    }
    // What is scarce may be gone before anybody asks where it goes.
    if (order.isOpen) {
      return 'either';
    }
    return order.isFar ? 'shipment' : 'shipped';
  }
}
