import type { EventData } from '@cdk8s-event-platform/contracts';
import { answer, startService } from '@cdk8s-event-platform/runtime';
import { claims } from '../../claims.ts';
import { DocumentScannedV1 } from '../../contracts.ts';
import { manifest } from './manifest.ts';

startService(manifest, {
  claims,
  routes: (api) => {
    api.post(
      '/documents',
      { body: DocumentScannedV1.schema, maxBodyBytes: 2_000_000 },
      async (tx, { id, body }) => {
        await tx.publish(DocumentScannedV1, body as EventData<typeof DocumentScannedV1>, { id });
        return answer(202, { id });
      },
    );
  },
});
