/**
 * Dapr's component for RabbitMQ answers that an event is published when the connection is lost before the
 * broker has confirmed it: it logs so, and returns no error. The proof that the runtime publishes behind it
 * finds out.
 *
 * Worked around in `app-images/runtime/outbox/publish-proof.ts`.
 *
 * @see https://github.com/dapr/components-contrib/blob/v1.18.4/pubsub/rabbitmq/rabbitmq.go
 */
import type { CloudEvent } from '../../app-images/runtime/events/cloud-event.ts';
import { Publisher } from '../../app-images/runtime/outbox/publisher.ts';
import { contractOf, eventOf } from '../../app-images/testing/plain-events.ts';
import { CuttableLine } from './cuttable-line.ts';
import type { Experiment } from './experiment.ts';
import { PRODUCER, PUBSUB } from './lab.ts';
import { eventually } from './outage.ts';
import { lostOf } from './rounds.ts';

const CONSUMER = 'confirmed';
const TOPIC = `${CONSUMER}-0`;
const CUTS = 2;

export const unconfirmed: Experiment = {
  broker: 'rabbitmq',
  apps: [{ appId: CONSUMER }],
  run: async (lab) => {
    const { app } = await lab.pod(CONSUMER);
    const line = await CuttableLine.to(lab.address);
    const { ports } = await lab.pod(PRODUCER, { addresses: { [lab.address]: line.address } });
    const contract = contractOf(TOPIC);
    const publisher = new Publisher({ daprPort: ports.http, pubSub: PUBSUB });
    const plainly = async (event: CloudEvent): Promise<boolean> => {
      const url = `http://127.0.0.1:${ports.http}/v1.0/publish/${PUBSUB}/${TOPIC}`;
      const headers = { 'content-type': 'application/cloudevents+json' };
      const body = JSON.stringify(event);
      return (await fetch(url, { method: 'POST', headers, body })).ok;
    };
    const proven = (event: CloudEvent): Promise<boolean> =>
      publisher.publish(contract, event).then(
        () => true,
        () => false,
      );
    const anEvent = () => eventOf(contract, crypto.randomUUID(), { key: 'x' });
    /** Events that were confirmed; like the outbox, what was not is published again. */
    const publishAll = async (publish: (event: CloudEvent) => Promise<boolean>) => {
      const ids: string[] = [];
      for (let cut = 0; cut < CUTS; cut++) {
        if (!(await eventually(() => plainly(anEvent()), 15))) {
          throw new Error('nothing can be published on a new connection');
        }
        const event = anEvent();
        line.hold();
        const answer = publish(event);
        await line.held(JSON.stringify(event).length);
        line.cut();
        if ((await answer) || (await eventually(() => publish(event), 15))) {
          ids.push(event.id);
        }
      }
      return ids;
    };
    const confirmed = { plain: await publishAll(plainly), proven: await publishAll(proven) };
    if (confirmed.proven.length < CUTS) {
      throw new Error('what was not confirmed cannot be published again');
    }
    await eventually(() => app.missing(confirmed.proven).length === 0, 10);
    publisher.close();
    line.close();
    return {
      without: {
        shows: app.missing(confirmed.plain).length > 0,
        summary: lostOf(app, confirmed.plain),
      },
      with: {
        shows: app.missing(confirmed.proven).length > 0,
        summary: lostOf(app, confirmed.proven),
      },
    };
  },
};
