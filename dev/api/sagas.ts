import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import {
  type OperatedCommand,
  type OperatedSaga,
  OperatedSagas,
  type SagaAddress,
} from '@cdk8s-event-platform/runtime/dead-letters';
import type { SagaCommandView, SagaDetail, SagaView } from './types.ts';

/** Sagas that are listed, of each database: those that have not ended, and those that were completed or cancelled last. */
const LISTED = { open: 200, ended: 25 };

interface SagaParams {
  readonly app: string;
  readonly saga: string;
  readonly id: string;
}

function viewOf(saga: OperatedSaga): SagaView {
  const { startedAt, changedAt, endedAt, overdueSince, ...rest } = saga;
  return {
    ...rest,
    startedAt: startedAt.toISOString(),
    changedAt: changedAt.toISOString(),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    ...(overdueSince && { overdueSince: overdueSince.toISOString() }),
  };
}

function commandView({ sentAt, answeredAt, ...rest }: OperatedCommand): SagaCommandView {
  return {
    ...rest,
    sentAt: sentAt.toISOString(),
    ...(answeredAt && { answeredAt: answeredAt.toISOString() }),
  };
}

/** Sagas of all apps, and what operators may ask for. */
export function addSagas(
  api: FastifyInstance,
  databases: ReadonlyMap<string, pg.Pool>,
  missing: (message: string) => Error,
): void {
  const stores = [...databases.values()].map((pool) => new OperatedSagas(pool));
  const find = async ({ app, saga, id }: SagaParams) => {
    const address: SagaAddress = [app, saga, id];
    for (const store of stores) {
      const found = await store.find(address);
      if (found !== undefined) {
        return { store, address, found };
      }
    }
    throw missing(`${app} has no saga ${saga} ${id}`);
  };
  api.get('/api/sagas', async (): Promise<SagaView[]> => {
    const found = await Promise.all(
      stores.flatMap((store) => [
        store.list({ limit: LISTED.open }),
        store.list({ limit: LISTED.ended, status: 'completed' }),
        store.list({ limit: LISTED.ended, status: 'cancelled' }),
      ]),
    );
    return found.flat().map(viewOf);
  });
  api.get<{ Params: SagaParams }>(
    '/api/sagas/:app/:saga/:id',
    async ({ params }): Promise<SagaDetail> => {
      const { store, address, found } = await find(params);
      return { ...viewOf(found), commands: (await store.commands(address)).map(commandView) };
    },
  );
  for (const what of ['retry', 'cancel'] as const) {
    api.post<{ Params: SagaParams }>(
      `/api/sagas/:app/:saga/:id/${what}`,
      async ({ params }, reply) => {
        const { store, address } = await find(params);
        await store.ask(address, what);
        reply.code(202);
        return { asked: what };
      },
    );
  }
}
