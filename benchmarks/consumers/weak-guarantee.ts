/**
 * A consumer without an inbox that is given events in bulk. `SETTING` says whether it acknowledges
 * before the effects (at most once) or after them (at least once). Deliveries are taken one after
 * the other, so no more than one of them is acknowledged without its effects.
 */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { openPool, pay, type Payment } from './payment.ts';

interface Delivery {
  readonly entries: readonly { readonly entryId: string; readonly event: { data: Payment } }[];
}

const pool = openPool();
const acknowledgeFirst = process.env.SETTING === 'at-most-once';
let last = Promise.resolve();

createServer((request, response) => {
  if (request.method === 'GET') {
    response.end('[]');
    return;
  }
  last = last.then(async () => {
    const { entries } = (await json(request)) as Delivery;
    const acknowledge = () =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          statuses: entries.map(({ entryId }) => ({ entryId, status: 'SUCCESS' })),
        }),
      );
    if (acknowledgeFirst) {
      acknowledge();
    }
    for (const { event } of entries) {
      await pay(pool, event.data);
    }
    if (!acknowledgeFirst) {
      acknowledge();
    }
  });
}).listen(Number(process.env.APP_PORT));
