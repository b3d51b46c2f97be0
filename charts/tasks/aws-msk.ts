import { awsEnvironment } from '../aws-environment.ts';
import { awsMail, mskCluster, onAws } from '../aws-services.ts';
import { preferSpareCapacity } from '../spare-capacity.ts';
import type { AwsPlatform, AwsPlatformOptions } from '../system.ts';
import { taskPlatform } from './task-platform.ts';

/** Stands for what only the owner of a mail server knows; the stack's configuration has it. */
const MAIL_EXAMPLE = {
  host: 'smtp.example.com',
  from: 'tasks@example.com',
  to: '{recipient}@example.com',
};

/** The task platform with MSK and RDS. Rendering needs no account. */
export function awsPlatform(options: AwsPlatformOptions = {}): AwsPlatform {
  const platform = taskPlatform(awsEnvironment(options), {
    notifications: awsMail(options, MAIL_EXAMPLE),
    broker: (scope) => mskCluster(scope, options),
  });
  preferSpareCapacity(platform);
  return onAws(platform);
}
