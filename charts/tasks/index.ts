import { Environment, TraceEndpoint } from '../../constructs/index.ts';
import type { System } from '../system.ts';
import { awsPlatform } from './aws-msk.ts';
import { EXAMPLE_MAIL } from './example-mail.ts';
import { localPlatform } from './local-platform.ts';
import { TASK_PLATFORM_IMAGES, taskPlatform } from './task-platform.ts';

/** Services with a page locally, and the ports that forward to it. */
const PAGES = [
  ['jaeger', '16686'],
  ['kafka-ui', '8081:80'],
  ['mail-sink', '8025'],
] as const;

const reachProducer = (kubectl: string) => [`${kubectl} port-forward service/producer 8080:80`];

/**
 * The task platform. In `production`, names under `example.com` stand for what only its owner knows: the
 * registry of the images, the database server and the mail server; traces go to a collector that is not part of
 * the platform. In `aws-msk`, names under `placeholder.invalid` stand for what AWS decides.
 */
export const TASKS: System = {
  images: TASK_PLATFORM_IMAGES,
  namespace: 'event-driven',
  environments: {
    local: () => localPlatform(),
    production: () =>
      taskPlatform(
        Environment.production({
          images: { registry: 'registry.example.com/task-platform', tag: '0.1.0' },
          postgres: { host: 'postgres.example.com' },
          traces: TraceEndpoint.otlp('http://otel-collector.monitoring:4318'),
        }),
        { notifications: EXAMPLE_MAIL },
      ),
    'aws-msk': () => awsPlatform().platform,
  },
  local: {
    declare: (environment) => localPlatform({ environment }),
    reachIt: (kubectl) => [
      ...reachProducer(kubectl),
      `curl -i http://localhost:8080/tasks -H 'content-type: application/json' -d '{"user_id":"u-1","title":"Write it down"}'`,
      ...PAGES.map(([service, port]) => `${kubectl} port-forward service/${service} ${port}`),
    ],
  },
  awsMsk: { declare: awsPlatform, reachIt: reachProducer },
};
