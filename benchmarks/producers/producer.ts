/** An app whose route sends one event, in the way that `SETTING` says. It answers 202 once that is done. */
import { answer, eventSender, startProducer } from '../../app-images/runtime/index.ts';
import type { ProducerSetting } from '../producer-settings.ts';
import { manifest } from './manifest.ts';
import { Sent } from './sent.ts';

const setting = process.env.SETTING as ProducerSetting;

/** Everything but the outbox. */
function sender() {
  switch (setting) {
    case 'outbox':
      return undefined;
    case 'idempotent, batched':
      return eventSender(Sent, { mode: 'idempotent', batch: {} });
    default:
      return eventSender(Sent, { mode: setting });
  }
}

const events = sender();

startProducer(manifest, (api) => {
  if (events === undefined) {
    api.post('/payments', { body: Sent.schema }, async (tx, { body }) => {
      const data = body as never;
      await tx.publish(Sent, data, { id: (body as { payment_id: string }).payment_id });
      return answer(202);
    });
    return;
  }
  api.post(
    '/payments',
    { body: Sent.schema, transaction: 'first-query' },
    async (_tx, { body }) => {
      await events.send(body as never, { id: (body as { payment_id: string }).payment_id });
      return answer(202);
    },
  );
});
