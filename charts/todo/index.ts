import {
  Environment,
  Jaeger,
  NotificationTarget,
  RedisCache,
  SecretValue,
  TraceEndpoint,
} from '../../constructs/index.ts';
import type { LocalEnvironmentOptions, System } from '../system.ts';
import { todoAwsPlatform } from './aws-msk.ts';
import { TODO_IMAGES } from './images.ts';
import { todoPlatform } from './todo-platform.ts';

/** Namespace of the Todo platform. */
const NAMESPACE = 'todo';

/** Services with a page locally, and the ports that forward to it. */
const PAGES = [
  ['jaeger', '16686'],
  ['mail-sink', '8025'],
] as const;

const reachWeb = (kubectl: string) => [`${kubectl} port-forward service/todo-web 8080:80`];

/** The Todo platform for one machine, with a page that shows traces. */
function localPlatform(environment: LocalEnvironmentOptions = {}) {
  const platform = todoPlatform(
    Environment.local({ namespace: NAMESPACE, ...environment, traces: Jaeger.endpoint() }),
  );
  new Jaeger(platform, 'jaeger');
  return platform;
}

/** How users get mail; names under `example.com` stand for what only the owner of the mail server knows. */
const MAIL = NotificationTarget.smtp({
  host: 'smtp.example.com',
  from: 'Todo <todo@example.com>',
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
 * The Todo platform: commands, events, cache and jobs. In `production`, names under `example.com` stand for what only its
 * owner knows; in `aws-msk`, names under `placeholder.invalid` for what AWS decides.
 */
export const TODO: System = {
  images: TODO_IMAGES,
  namespace: NAMESPACE,
  environments: {
    local: () => localPlatform(),
    production: () =>
      todoPlatform(
        Environment.production({
          namespace: NAMESPACE,
          images: { registry: 'registry.example.com/todo', tag: '0.1.0' },
          postgres: { host: 'postgres.example.com' },
          traces: TraceEndpoint.otlp('http://otel-collector.monitoring:4318'),
        }),
        {
          notifications: MAIL,
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
              'JSON of services, e.g. [{"name":"slack","format":"slack","url":"https://…"}]',
            ),
          },
        },
      ),
    'aws-msk': () => todoAwsPlatform().platform,
  },
  local: {
    declare: localPlatform,
    reachIt: (kubectl) => [
      ...reachWeb(kubectl),
      ...PAGES.map(([service, port]) => `${kubectl} port-forward service/${service} ${port}`),
    ],
  },
  awsMsk: { declare: todoAwsPlatform, reachIt: reachWeb },
};
