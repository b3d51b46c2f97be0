import { awsEnvironment } from '../aws-environment.ts';
import { awsMail, mskCluster, onAws } from '../aws-services.ts';
import { preferSpareCapacity } from '../spare-capacity.ts';
import type { AwsPlatform, AwsPlatformOptions } from '../system.ts';
import { orderPlatform } from './order-platform.ts';

/** Stands for what only the owner of a mail server knows; the stack's configuration has it. */
const MAIL_EXAMPLE = {
  host: 'smtp.example.com',
  from: 'Shop <shop@example.com>',
  to: '{recipient}@users.example.com',
};

/** The order platform with MSK and RDS. Rendering needs no account. */
export function orderAwsPlatform(options: AwsPlatformOptions = {}): AwsPlatform {
  const platform = orderPlatform(awsEnvironment({ namespace: 'orders', ...options }), {
    mails: awsMail(options, MAIL_EXAMPLE),
    broker: (scope) => mskCluster(scope, options),
  });
  preferSpareCapacity(platform);
  return onAws(platform);
}
