import { answer, type Api, HttpProblem } from '@cdk8s-event-platform/runtime';
import { CancellationRequested } from '../events/index.ts';
import { CANCELLATION_REASON, TIME, USER_ID } from '../events/properties.ts';
import { noOrder, orderIdIn } from '../order-path.ts';
import { order } from './order.ts';
import { findOrder, listOrders } from './order-view.ts';

const CANCEL = {
  type: 'object',
  required: ['reason'],
  properties: { reason: CANCELLATION_REASON },
  additionalProperties: false,
} as const;
const LIST = {
  type: 'object',
  required: ['user_id'],
  properties: {
    user_id: USER_ID,
    before: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    limit: { type: 'integer', minimum: 1, maximum: 200 },
  },
} as const;
const AT = { type: 'object', properties: { at: TIME } } as const;

/** Routes that show what has become of orders, and that ask for it to end. */
export function showOrders(api: Api): void {
  api.get(
    '/api/orders',
    { summary: 'Lists orders of a user, the newest first.', query: LIST },
    (tx, { query: { user_id: userId, ...page } }) => listOrders(tx, userId, page),
  );
  api.get(
    '/api/orders/:order_id',
    { summary: 'Shows an order, as of a moment ago.' },
    async (tx, { params }) => {
      const id = orderIdIn(params);
      return (await findOrder(tx, id)) ?? Promise.reject(noOrder(id));
    },
  );
  api.get(
    '/api/orders/:order_id/state',
    { summary: 'Shows an order by what has happened to it, also as it was at a time.', query: AT },
    async (tx, { params, query: { at } }) => {
      const id = orderIdIn(params);
      const { state, version } = await order.load(
        ...([tx, id, at === undefined ? {} : { at: new Date(at) }] as const),
      );
      if (state.order === undefined) {
        throw noOrder(id);
      }
      const { status, isPaid } = state;
      return { order_id: id, status, is_paid: isPaid, version, ...state.order };
    },
  );
  api.post(
    '/api/orders/:order_id/cancel',
    {
      summary: 'Asks for an order not to be carried out. Whether it is too late turns out later.',
      body: CANCEL,
      idempotencyKeyRequired: true,
      answers: { 202: {}, 409: { description: 'it is too late' } },
    },
    async (tx, { params, body: { reason } }) => {
      const id = orderIdIn(params);
      const { state } = await order.load(tx, id);
      if (state.order === undefined) {
        throw noOrder(id);
      }
      if (state.status === 'shipped') {
        throw new HttpProblem(409, 'the order is under way');
      }
      if (state.status === 'pending') {
        const { user_id, saga } = state.order;
        await tx.publish(CancellationRequested, { order_id: id, user_id, saga, reason });
      }
      return answer(202, { order_id: id });
    },
  );
}
