import type { CommandReply, EventContract, EventData } from '@cdk8s-event-platform/contracts';
import { appScope } from '../process/app-scope.ts';
import type { RequestOptions } from './request-sender.ts';

/** Sends commands, and waits for their answers. */
export interface Requests {
  /**
   * Sends a command of the app's `requests`, and waits for the answer. It is committed to the outbox at once, by itself:
   * call it outside of a transaction, as in a route with `transaction: 'first-query'`, after `tx.commit()` where it has
   * asked the database: an open transaction ends after 30 seconds. The answer comes whichever pod of the
   * app receives it, and also after this pod has ended: sent again with the same id or cause within seven days, a
   * command is not sent again, and has the same answer.
   *
   * @example
   * api.post('/probes', { body: PROBE, transaction: 'first-query' }, (_tx, request) =>
   *   requests.send(ProbeRoute, request.body, { cause: request, timeout: { seconds: 5 } }),
   * );
   *
   * @throws RequestTimeoutError when the answer does not come in time; a route answers 504.
   * @throws RequestConflictError when the id was used for another command; a route answers 422.
   * @throws InvalidEventError when the handler could not read the command.
   * @throws Error when the manifest does not list the command under `requests`.
   * @see https://www.enterpriseintegrationpatterns.com/patterns/messaging/RequestReply.html
   */
  send<Command extends EventContract>(
    command: Command,
    data: EventData<Command>,
    options?: RequestOptions,
  ): Promise<CommandReply<Command>>;
}

/** The commands of the app that this code runs in. */
export const requests: Requests = {
  send: async (command, data, options) => {
    const { requests: sender } = appScope();
    if (sender === undefined) {
      throw new Error(
        `'${command.type}' cannot be sent here: this is no app, or its manifest has no 'requests'`,
      );
    }
    return (await sender.send(command, data, options)) as never;
  },
};
