import { Environment, type EventPlatform } from '../constructs/index.ts';
import { awsPlatform } from './aws-msk.ts';
import { EXAMPLE_MAIL } from './example-mail.ts';
import { taskPlatform } from './task-platform.ts';

/**
 * The task platform in each environment that `dist/` has a folder for, by the name of the folder. In
 * `production`, names under `example.com` stand for what only its owner knows: the registry of the
 * images, the database server, and the mail server. In `aws-msk`, names under `placeholder.invalid` stand for what AWS
 * makes.
 */
export const PLATFORMS: Readonly<Record<string, () => EventPlatform>> = {
  local: () => taskPlatform(Environment.local()),
  production: () =>
    taskPlatform(
      Environment.production({
        images: { registry: 'registry.example.com/task-platform', tag: '0.1.0' },
        postgres: { host: 'postgres.example.com' },
      }),
      { notifications: EXAMPLE_MAIL },
    ),
  'aws-msk': () => awsPlatform().platform,
};
