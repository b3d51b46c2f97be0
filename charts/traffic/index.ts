import {
  Environment,
  Jaeger,
  RedisCache,
  SecretValue,
  TraceEndpoint,
} from '../../constructs/index.ts';
import type { LocalEnvironmentOptions, System } from '../system.ts';
import { trafficAwsPlatform } from './aws-msk.ts';
import { TRAFFIC_IMAGES } from './images.ts';
import { trafficPlatform } from './traffic-platform.ts';

/** Namespace of the traffic manager. */
const NAMESPACE = 'traffic';

const reachApps = (kubectl: string) => [
  `${kubectl} port-forward service/traffic-api 8080:80`,
  `${kubectl} port-forward service/traffic-gateway 8081:80`,
];

/** The traffic manager for one machine, with a page that shows traces. */
function localPlatform(environment: LocalEnvironmentOptions = {}) {
  const platform = trafficPlatform(
    Environment.local({ namespace: NAMESPACE, ...environment, traces: Jaeger.endpoint() }),
  );
  new Jaeger(platform, 'jaeger');
  return platform;
}

/**
 * The traffic manager: routes with composite keys, a cache, commands and replies, and service invocation. In `production`,
 * names under `example.com` stand for what only its owner knows; in `aws-msk`, names under `placeholder.invalid` for what
 * AWS decides.
 */
export const TRAFFIC: System = {
  images: TRAFFIC_IMAGES,
  namespace: NAMESPACE,
  environments: {
    local: () => localPlatform(),
    production: () =>
      trafficPlatform(
        Environment.production({
          namespace: NAMESPACE,
          images: { registry: 'registry.example.com/traffic', tag: '0.1.0' },
          postgres: { host: 'postgres.example.com' },
          traces: TraceEndpoint.otlp('http://otel-collector.monitoring:4318'),
        }),
        {
          cache: (platform) =>
            RedisCache.external(platform, 'cache', {
              host: 'cache.example.com',
              credentials: {
                name: 'cache-credentials',
                keys: { password: SecretValue.external('password on cache.example.com') },
              },
            }),
          webhooks: {
            targets: SecretValue.external(
              'JSON of systems, e.g. [{"name":"load-balancer","url":"https://…"}]',
            ),
          },
        },
      ),
    'aws-msk': () => trafficAwsPlatform().platform,
  },
  local: {
    declare: localPlatform,
    reachIt: (kubectl) => [...reachApps(kubectl), `${kubectl} port-forward service/jaeger 16686`],
  },
  awsMsk: { declare: trafficAwsPlatform, reachIt: reachApps },
};
