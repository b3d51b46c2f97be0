import type { CommandReply, EventContract, EventData } from '@cdk8s-event-platform/contracts';
import { MAX_REQUEST_ID_LENGTH } from '@cdk8s-event-platform/contracts/internal';
import { each, type Handler } from '../delivery/consumer.ts';
import type { EventTransaction } from '../delivery/event-transaction.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import type { CloudEvent } from '../events/cloud-event.ts';

/** The app that waits for the answer to a command; undefined where nobody does. */
function askerOf({ id, replyto }: CloudEvent): string | undefined {
  if (replyto === undefined) {
    return undefined;
  }
  if (typeof replyto !== 'string' || replyto === '' || replyto.length > MAX_REQUEST_ID_LENGTH) {
    throw new InvalidEventError(
      `replyto must be the id of an app with at most ${MAX_REQUEST_ID_LENGTH} characters`,
    );
  }
  if (id.length > MAX_REQUEST_ID_LENGTH) {
    throw new InvalidEventError(
      `the id of a command that is answered has at most ${MAX_REQUEST_ID_LENGTH} characters, and this one ${id.length}`,
    );
  }
  return replyto;
}

/**
 * Handles the commands of a contract, those of its priorities included, one by one. What `handle` returns is the answer:
 * it commits with everything else that `handle` does, so that a command which is delivered again is not carried
 * out again, and its answer is not lost. Nobody is answered who has not asked. A refusal is an answer, too; an
 * error that is thrown puts the command into the quarantine, and nobody is answered.
 *
 * @example
 * handles(ProbeRoute, async (tx, { data }) => ({ healthy: await answers(data.url) }));
 */
export function handles<Command extends EventContract, const Reply extends CommandReply<Command>>(
  command: Command,
  handle: (tx: EventTransaction, command: CloudEvent<EventData<Command>>) => Promise<Reply>,
): Handler {
  const { reply: replies } = command;
  return each(command, async (tx, event) => {
    const asker = askerOf(event);
    const reply = await (handle(tx, event) as Promise<unknown>);
    if (replies !== undefined && asker !== undefined) {
      await tx.publish(replies, { request_id: event.id, reply_to: asker, reply });
    }
  });
}
