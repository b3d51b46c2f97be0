import { defineApp } from '@cdk8s-event-platform/contracts';
import {
  answer,
  checkIfMatch,
  etagOf,
  HttpProblem,
  isUnchanged,
  openApi,
  type ServiceParts,
  type Transaction,
} from '@cdk8s-event-platform/runtime';

const NOTE = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', maxLength: 1_000 } },
} as const;

export const manifest = defineApp({
  appId: 'notes',
  description: 'Keeps notes.',
  port: 8080,
  serves: true,
  migrations: [
    {
      name: '0100-notes',
      sql: 'CREATE TABLE notes (id text PRIMARY KEY, text text, version int DEFAULT 1)',
    },
  ],
});

async function find(tx: Transaction, id: string, lock = '') {
  const { rows } = await tx.query<{ text: string; version: number }>(
    `SELECT text, version FROM notes WHERE id = $1 ${lock}`,
    [id],
  );
  if (rows[0] === undefined) {
    throw new HttpProblem(404, `there is no note ${id}`);
  }
  return rows[0];
}

export const parts: ServiceParts = {
  routes: (api) => {
    api.post('/notes', { body: NOTE, answers: { 201: {} } }, async (tx, { id, body }) => {
      await tx.query('INSERT INTO notes (id, text) VALUES ($1, $2)', [id, body.text]);
      return answer(201, undefined, { location: `/notes/${id}`, etag: etagOf(1) });
    });
    api.get('/notes/:id', { answers: { 200: { schema: NOTE }, 304: {} } }, async (tx, request) => {
      const { text, version } = await find(tx, request.params.id!);
      const etag = etagOf(version);
      return isUnchanged(request, etag)
        ? answer(304, undefined, { etag })
        : answer(200, { text }, { etag });
    });
    api.put('/notes/:id', { body: NOTE, ifMatch: 'required' }, async (tx, request) => {
      const { version } = await find(tx, request.params.id!, 'FOR UPDATE');
      checkIfMatch(request, etagOf(version));
      await tx.query('UPDATE notes SET text = $2, version = version + 1 WHERE id = $1', [
        request.params.id,
        request.body.text,
      ]);
      return answer(204, undefined, { etag: etagOf(version + 1) });
    });
    api.get('/openapi.json', {}, () =>
      Promise.resolve(openApi(api, { title: 'Notes', version: '1.0.0' })),
    );
  },
};
