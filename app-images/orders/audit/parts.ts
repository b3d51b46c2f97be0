import { eventStore, record, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { AUDITED, AuditTrail } from './manifest.ts';

const trail = eventStore(AuditTrail);

/** The audit log: streams of events as they were received, append-only by the rights of the database. */
export const parts: ServiceParts = {
  on: AUDITED.map((contract) => record(trail, contract)),
  routes: (api) => {
    api.get(
      '/api/audit/:id',
      { summary: 'Lists what has happened to an order or a user, the oldest first.' },
      async (tx, { params: { id = '' } }) => {
        const { events } = await trail.load(tx, id);
        return {
          entries: events.map(({ type, version, data, metadata }) => ({
            ...{ version, type, data },
            event_id: metadata.received!.id,
            occurred_at: metadata.received!.time,
          })),
        };
      },
    );
  },
};
