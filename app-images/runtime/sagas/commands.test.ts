import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestApp } from '@cdk8s-event-platform/runtime/testing';
import { sagaCommand } from './commands.ts';
import { OperatedSagas } from './operated-sagas.ts';
import { orders, parts } from './testing/orders.ts';
import { OrdersInTest } from './testing/orders-in-test.ts';
import { Refund, Reserve } from './testing/place-order.ts';

let test: OrdersInTest;
let lines: string[];
beforeAll(async () => {
  test = await OrdersInTest.start();
});
afterAll(() => test.database.drop());
beforeEach(async () => {
  lines = [];
  await test.reset();
});

const run = (...args: string[]) =>
  sagaCommand(args, {
    open: () => new OperatedSagas(test.database.pool),
    out: (line) => lines.push(line),
  });
const ORDER = ['orders', 'place-order', 'o-1'] as const;

/** A saga whose undo has failed, one under way, and one that has ended. */
async function three(): Promise<void> {
  test.allAgree();
  await test.submit('o-3');
  await test.app.sagas.settle();
  test.app.answer(Reserve, () => ({ outcome: 'out-of-stock' }));
  test.app.answer(Refund, () => ({ outcome: 'impossible' }));
  await test.submit('o-1');
  await test.app.sagas.settle();
  await test.submit('o-2');
}

describe('sagas list', () => {
  it('lists what has not ended, and first what somebody has to look at', async () => {
    await three();
    expect(await run('list')).toBe(0);
    expect(lines).toEqual([
      expect.stringMatching(/^stuck {6}orders {2}place-order@1 {2}o-1 {2}at payment, since /),
      '           stuck by payment: impossible',
      '           cancelled by items: out-of-stock',
      expect.stringMatching(/^running {4}orders {2}place-order@1 {2}o-2 {2}at payment/),
      '2 sagas',
    ]);
  });

  it('lists those of a status, and says that there are more', async () => {
    await three();
    expect(await run('list', '--status', 'completed', '--json')).toBe(0);
    expect(JSON.parse(lines[0]!)).toMatchObject({ sagas: [{ id: 'o-3' }], more: false });
    expect(await run('list', '--limit', '1', '--app', 'orders', '--saga', 'place-order')).toBe(0);
    expect(lines.at(-1)).toBe('1 sagas, and there are more: use --limit');
    expect(await run('list', '--app', 'others')).toBe(0);
    expect(lines.at(-1)).toBe('0 sagas');
  });

  it('lists first what ended last', async () => {
    test.allAgree();
    for (const id of ['o-1', 'o-2', 'o-3']) {
      await test.submit(id);
      await test.app.sagas.settle();
    }
    expect(await run('list', '--status', 'completed', '--limit', '2', '--json')).toBe(0);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      sagas: [{ id: 'o-3' }, { id: 'o-2' }],
      more: true,
    });
  });
});

describe('sagas show', () => {
  it('shows a saga with its commands', async () => {
    await three();
    expect(await run('show', ...ORDER)).toBe(0);
    expect(lines.slice(0, 4)).toEqual([
      ...['orders  place-order@1  o-1', 'status    stuck, at payment'],
      ...['          stuck by payment: impossible', '          cancelled by items: out-of-stock'],
    ]);
    expect(lines.slice(-4)).toEqual([
      'data      {"order_id":"o-1"}',
      expect.stringMatching(/ request {2}payment: charged, /),
      expect.stringMatching(/ request {2}items: out-of-stock, /),
      expect.stringMatching(/ undo {5}payment: impossible, /),
    ]);
    expect(await run('show', ...ORDER, '--json')).toBe(0);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({
      status: 'stuck',
      commands: [{ step: 'payment' }, { step: 'items' }, { step: 'payment', action: 'undo' }],
    });
  });

  it('says that the saga does not exist', async () => {
    expect(await run('show', ...ORDER)).toBe(1);
    expect(lines).toEqual([
      'orders has no saga place-order o-1, or has forgotten it: see `sagas list`',
    ]);
  });
});

/** Runs a command while the app looks at what is due. */
async function whileAppRuns(...args: string[]): Promise<number> {
  const running = run(...args);
  let code: number | undefined;
  void running.then((result) => (code = result));
  // Nobody answers meanwhile.
  const app = new TestApp({ manifest: orders, ...parts }, test.database);
  while (code === undefined) {
    await app.sagas.settle();
  }
  return running;
}

describe('sagas retry and cancel', () => {
  it('has the app ask again', async () => {
    await three();
    test.app.answer(Refund, () => ({ outcome: 'refunded' }));
    expect(await whileAppRuns('retry', ...ORDER)).toBe(0);
    await test.app.sagas.settle();
    expect(await test.find('o-1')).toMatchObject({ status: 'cancelled' });
  });

  it('has the app undo what was done', async () => {
    await three();
    expect(await whileAppRuns('cancel', 'orders', 'place-order', 'o-2', '--yes')).toBe(0);
    expect(await test.find('o-2')).toMatchObject({
      cancelledBy: { step: 'payment', outcome: 'cancelled' },
    });
  });

  it('says why the app refuses', async () => {
    await three();
    expect(await whileAppRuns('cancel', ...ORDER, '--yes')).toBe(1);
    expect(lines).toEqual(['refused: the saga is stuck: retry it']);
    expect(await whileAppRuns('retry', 'orders', 'place-order', 'o-2', '--json')).toBe(1);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({
      done: false,
      refused: 'the saga is running, neither stuck nor overdue',
    });
  });

  it('says that the app does not look at it', async () => {
    await three();
    expect(await run('retry', ...ORDER, '--wait', '0')).toBe(1);
    expect(lines).toEqual(['orders has not looked at it yet: is it running?']);
  });

  it('says that there is no such saga', async () => {
    expect(await run('retry', ...ORDER)).toBe(1);
    expect(lines[0]).toContain('orders has no saga place-order o-1');
  });
});

describe('wrong arguments', () => {
  it.each([
    [['drop'], "no command 'drop': use list, show, retry or cancel"],
    [['show', 'orders'], 'show takes the app, the name of the saga and its id'],
    [['list', 'orders'], "'orders' is not expected: use --app, --saga and --status"],
    [['list', '--status', 'lost'], "--status 'lost' is not one of running"],
    [['list', '--limit', '0'], '--limit (0) must be a whole number of at least 1'],
    [['cancel', ...ORDER], 'cancelling undoes what was done: add --yes'],
    [['retry', ...ORDER, '--wait', 'x'], '--wait (x) must be a whole number of at least 0'],
    [['list', '--all'], "Unknown option '--all'"],
  ])('are refused: %j', async (args, problem) => {
    expect(await run(...args)).toBe(2);
    expect(lines[0]).toContain(problem);
  });

  it('are not needed for help', async () => {
    expect(await run('--help')).toBe(0);
    expect(await run()).toBe(2);
    expect(lines.every((line) => line.includes('retry APP SAGA ID'))).toBe(true);
  });
});
