import { choice, flag, list, optionalText, readConfig, secretText, text } from '../stack-config.ts';

const SETTINGS = {
  target: choice('what the stack deploys to', ['aws-msk']),
  size: choice('how large everything is, and how well guarded', ['dev', 'staging', 'production']),
  region: text('AWS region, with three availability zones', {
    example: 'eu-central-1',
    pattern: /^[a-z]{2}(-[a-z]+)+-\d$/,
  }),
  accountId: optionalText('the only AWS account that may be touched', {
    example: '111122223333',
    pattern: /^\d{12}$/,
  }),
  vpcCidr: text('private range of the network, a /16', {
    example: '10.0.0.0/16',
    fallback: '10.0.0.0/16',
  }),
  publicAccessCidrs: list('who reaches the API of Kubernetes from outside, with commas between', {
    example: '203.0.113.7/32',
    pattern: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/,
  }),
  privateApi: flag(
    'whether whoever deploys is inside the network, and nobody reaches the API from outside',
    false,
  ),
  administrators: list('roles that may do everything in the cluster, with commas between', {
    example: 'arn:aws:iam::111122223333:role/platform-team',
    pattern: /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/.+$/,
  }),
  imageTag: text('tag of the images that are built, a new one for new content', {
    example: '0.1.0',
    pattern: /^(?!latest$)\w[\w.-]{0,127}$/,
  }),
  namespace: text('namespace of the platform', {
    example: 'event-driven',
    pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    fallback: 'event-driven',
  }),
  mailHost: text('mail server that notifications are sent by, on port 587 with STARTTLS', {
    example: 'email-smtp.eu-central-1.amazonaws.com',
    pattern: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i,
  }),
  mailFrom: text('address that notifications come from', {
    example: 'tasks@example.com',
    pattern: /^[^\s@]+@[^\s@]+$/,
  }),
  mailTo: text('address of a user, with {recipient} in place of the id', {
    example: '{recipient}@example.com',
    pattern: /^[^\s@]*\{recipient\}[^\s@]*@[^\s@]+$/,
  }),
  mailUser: text('user on the mail server', { example: 'AKIAIOSFODNN7EXAMPLE' }),
  mailPassword: secretText('password on the mail server'),
} as const;

/** Configuration of a stack on AWS. @throws RunError that lists every mistake. */
export function awsConfig() {
  return readConfig(SETTINGS, ({ publicAccessCidrs, privateApi }) => {
    if (publicAccessCidrs.length === 0 && !privateApi) {
      return [
        "'publicAccessCidrs' is not set, and whoever deploys could not reach the cluster that is made: pulumi config set publicAccessCidrs 203.0.113.7/32 with the address you come from, or privateApi true if you are inside the network",
      ];
    }
    return publicAccessCidrs.length > 0 && privateApi
      ? ["'publicAccessCidrs' opens the API that 'privateApi' closes: remove one of them"]
      : [];
  });
}
