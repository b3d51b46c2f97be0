import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrdersInTest } from '../../app-images/runtime/sagas/testing/orders-in-test.ts';
import { Refund, Reserve } from '../../app-images/runtime/sagas/testing/place-order.ts';
import { read } from '../../docs/documents.ts';
import { addSagas } from './sagas.ts';
import type { SagaView } from './types.ts';

let test: OrdersInTest;
let api: FastifyInstance;
beforeAll(async () => {
  test = await OrdersInTest.start();
  api = fastify();
  addSagas(api, new Map([['shop', test.database.pool]]), (message) =>
    Object.assign(new Error(message), { statusCode: 404 }),
  );
});
afterAll(() => test.database.drop());

async function ask(method: 'GET' | 'POST', url: string) {
  const response = await api.inject({ method, url });
  return { status: response.statusCode, body: response.json<unknown>() };
}
const ORDER = '/api/sagas/orders/place-order/o-1';

describe('the API of sagas', () => {
  it('lists them, and shows and retries one', async () => {
    test.allAgree();
    await test.submit('o-2');
    await test.app.sagas.settle();
    test.app.answer(Reserve, () => ({ outcome: 'out-of-stock' }));
    test.app.answer(Refund, () => ({ outcome: 'impossible' }));
    await test.submit('o-1');
    await test.app.sagas.settle();
    const { body } = await ask('GET', '/api/sagas');
    expect((body as SagaView[]).map(({ id, status }) => [id, status])).toEqual([
      ['o-1', 'stuck'],
      ['o-2', 'completed'],
    ]);
    expect((await ask('GET', ORDER)).body).toMatchObject({
      stuckBy: { step: 'payment', outcome: 'impossible' },
      commands: [{ step: 'payment' }, { step: 'items' }, { step: 'payment', action: 'undo' }],
    });
    test.app.answer(Refund, () => ({ outcome: 'refunded' }));
    expect(await ask('POST', `${ORDER}/retry`)).toEqual({ status: 202, body: { asked: 'retry' } });
    await test.app.sagas.settle();
    expect((await ask('GET', ORDER)).body).toMatchObject({ status: 'cancelled' });
  });

  it('answers 404 for one that does not exist', async () => {
    expect(await ask('POST', '/api/sagas/orders/place-order/none/cancel')).toMatchObject({
      status: 404,
      body: { message: 'orders has no saga place-order none' },
    });
  });

  it('is described', () => {
    const described = read('docs/dev-api.md');
    for (const path of ['', '/{app}/{saga}/{id}']) {
      expect(described).toContain(`\`GET /api/sagas${path}\``);
    }
    for (const what of ['retry', 'cancel']) {
      expect(described).toContain(`\`POST /api/sagas/{app}/{saga}/{id}/${what}\``);
    }
  });
});
