import {
  type EventPlatform,
  ExternalKafka,
  ExternalKafkaAuthentication,
  KafkaCluster,
  NotificationTarget,
  PostgresDatabase,
  type SecretReference,
  SecretValue,
} from '../constructs/index.ts';
import { AWS_PLACEHOLDERS } from './aws-environment.ts';
import type { AwsPlatform, AwsPlatformOptions } from './system.ts';

/** The Secret with user and password on the mail server. */
const MAIL_CREDENTIALS: SecretReference = {
  name: 'smtp-credentials',
  keys: {
    username: SecretValue.external('user on the mail server'),
    password: SecretValue.external('password on the mail server'),
  },
};

/** Declares MSK, where apps log in by the AWS identity of their pods. */
export function mskCluster(
  platform: EventPlatform,
  { region = 'eu-central-1' }: AwsPlatformOptions,
): ExternalKafka {
  return KafkaCluster.fromBootstrap(platform, 'kafka', {
    bootstrapServers: AWS_PLACEHOLDERS.brokers,
    authentication: ExternalKafkaAuthentication.mskIam({ region }),
  });
}

/** How notifications are sent: as the stack's configuration says, or the example. */
export function awsMail(
  { mail }: AwsPlatformOptions,
  example: NonNullable<AwsPlatformOptions['mail']>,
): NotificationTarget {
  return NotificationTarget.smtp({ ...(mail ?? example), credentials: MAIL_CREDENTIALS });
}

/** A platform with what AWS has to provide for it: MSK, RDS, and the login on the mail server where it sends mail. */
export function onAws(platform: EventPlatform) {
  const sendsMail = platform.secrets.some(({ name }) => name === MAIL_CREDENTIALS.name);
  const parts = platform.node.findAll();
  return {
    platform,
    broker: parts.find((part) => part instanceof ExternalKafka)!,
    database: parts.find((part) => part instanceof PostgresDatabase)!,
    ...(sendsMail && { mailCredentials: MAIL_CREDENTIALS }),
  } satisfies AwsPlatform;
}
