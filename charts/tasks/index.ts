import { Environment, TraceEndpoint } from '../../constructs/index.ts';
import type { System } from '../system.ts';
import { awsPlatform } from './aws-msk.ts';
import { EXAMPLE_MAIL } from './example-mail.ts';
import { localPlatform } from './local-platform.ts';
import { TASK_PLATFORM_IMAGES, taskPlatform } from './task-platform.ts';

/**
 * The task platform. In `production`, names under `example.com` stand for what only its owner knows: the
 * registry of the images, the database server and the mail server; traces go to a collector that is not part of
 * the platform. In `aws-msk`, names under `placeholder.invalid` stand for what AWS decides.
 */
export const TASKS: System = {
  images: TASK_PLATFORM_IMAGES,
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
};
