import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { testSealing } from './test-sealing.ts';
import { EventPublisher } from '../outbox/event-publisher.ts';
import { httpApi, type HttpApiOptions } from '../http/api.ts';
import { Api } from '../http/routes.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { InFlightTracker } from '../http/in-flight-tracker.ts';

/** The HTTP API of an app, which takes requests by `inject` alone. */
export function serviceApi(
  manifest: AppManifest,
  routes: (api: Api) => void,
  pool: pg.Pool,
  options: Partial<Pick<HttpApiOptions, 'committed' | 'tracing' | 'log' | 'publisher'>> = {},
): FastifyInstance {
  const api = new Api();
  routes(api);
  const { appId, source = `/${appId}` } = manifest;
  return httpApi({
    ...{
      appId,
      source,
      api,
      pool,
      publisher: options.publisher ?? new EventPublisher(manifest, testSealing(manifest)),
      inFlight: new InFlightTracker(),
    },
    log: silentLogger,
    ...options,
  });
}
