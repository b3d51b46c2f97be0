import {
  Environment,
  Jaeger,
  NotificationTarget,
  SecretValue,
  TraceEndpoint,
} from '../../constructs/index.ts';
import type { LocalEnvironmentOptions, System } from '../system.ts';
import { orderAwsPlatform } from './aws-msk.ts';
import { ORDER_IMAGES } from './images.ts';
import { orderPlatform } from './order-platform.ts';

/** Namespace of the order platform. */
const NAMESPACE = 'orders';

/** Services with a page locally, and the ports that forward to it. */
const PAGES = [
  ['jaeger', '16686'],
  ['mail-sink', '8025'],
] as const;

const reachApps = (kubectl: string) =>
  ['shop-orders', 'shop-users', 'shop-payments', 'shop-inventory'].map(
    (app, index) => `${kubectl} port-forward service/${app} ${8080 + index}:80`,
  );

/** The order platform for one machine, with a page that shows traces. */
function localPlatform(environment: LocalEnvironmentOptions = {}) {
  const platform = orderPlatform(
    Environment.local({ namespace: NAMESPACE, ...environment, traces: Jaeger.endpoint() }),
  );
  new Jaeger(platform, 'jaeger');
  return platform;
}

/** How users get mail; names under `example.com` stand for what only the owner of the mail server knows. */
const MAIL = NotificationTarget.smtp({
  host: 'smtp.example.com',
  from: 'Shop <shop@example.com>',
  to: '{recipient}@users.example.com',
  credentials: {
    name: 'smtp-credentials',
    keys: {
      username: SecretValue.external('user on smtp.example.com'),
      password: SecretValue.external('password on smtp.example.com'),
    },
  },
});

/**
 * The order platform: sagas by choreography and by orchestration, an event store, and a read model. In `production`, names
 * under `example.com` stand for what only its owner knows; in `aws-msk`, names under `placeholder.invalid` for what AWS
 * decides.
 */
export const ORDERS: System = {
  images: ORDER_IMAGES,
  namespace: NAMESPACE,
  environments: {
    local: () => localPlatform(),
    production: () =>
      orderPlatform(
        Environment.production({
          namespace: NAMESPACE,
          images: { registry: 'registry.example.com/orders', tag: '0.1.0' },
          postgres: { host: 'postgres.example.com' },
          traces: TraceEndpoint.otlp('http://otel-collector.monitoring:4318'),
        }),
        { mails: MAIL },
      ),
    'aws-msk': () => orderAwsPlatform().platform,
  },
  local: {
    declare: localPlatform,
    reachIt: (kubectl) => [
      ...reachApps(kubectl),
      ...PAGES.map(([service, port]) => `${kubectl} port-forward service/${service} ${port}`),
    ],
  },
  awsMsk: { declare: orderAwsPlatform, reachIt: reachApps },
};
