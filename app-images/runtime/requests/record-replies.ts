import type { EventContract, ReplyData } from '@cdk8s-event-platform/contracts';
import { contractName, REQUESTS_TABLE } from '@cdk8s-event-platform/contracts/interface';
import type { Handler } from '../delivery/handler.ts';
import { HandlerError } from '../errors/failure.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import { appScope } from '../process/app-scope.ts';

/** The first answer stays. */
const RECORD = `UPDATE ${REQUESTS_TABLE} AS sent
SET reply = coalesce(sent.reply, given.reply::json), replied_at = coalesce(sent.replied_at, $5)
FROM unnest($3::text[], $4::text[]) AS given (id, reply)
WHERE sent.app = $1 AND sent.reply_type = $2 AND sent.id = given.id
RETURNING sent.id, sent.replied_at = $5 AND $5 > sent.answer_by AS late`;

/**
 * Notes the answers to the commands that an app has sent, for the pod that waits for them. Answers to other apps are
 * left alone; one that nobody has asked for goes to the quarantine.
 *
 * @param command that has an answer.
 */
export function recordReplies(appId: string, command: EventContract): Handler {
  const contract = command.reply!;
  return {
    contract,
    handle: async (tx, events) => {
      const own = (events as readonly CloudEvent<ReplyData>[]).filter(
        ({ data }) => data.reply_to === appId,
      );
      if (own.length === 0) {
        return;
      }
      const { metrics, now } = appScope();
      const { rows } = await tx.query<{ id: string; late: boolean }>(RECORD, [
        appId,
        contractName(contract),
        own.map(({ data }) => data.request_id),
        own.map(({ data }) => JSON.stringify(data.reply)),
        new Date(now()),
      ]);
      const known = new Set(rows.map(({ id }) => id));
      const unknown = own.find(({ data }) => !known.has(data.request_id));
      if (unknown !== undefined) {
        throw new HandlerError(
          unknown,
          new InvalidEventError(
            `${appId} has sent no command with the id of this answer (request_id), or has forgotten it`,
          ),
        );
      }
      // A delivery that is tried again counts again: few are.
      metrics.lateReplies(command.type, rows.filter(({ late }) => late).length);
    },
  };
}
