import { NotificationTarget, SecretValue } from '../../constructs/index.ts';

/**
 * How notifications are sent where only the owner of the mail server knows: names under `example.com`
 * stand for theirs.
 */
export const EXAMPLE_MAIL = NotificationTarget.smtp({
  host: 'smtp.example.com',
  from: 'Tasks <tasks@example.com>',
  to: '{recipient}@example.com',
  credentials: {
    name: 'smtp-credentials',
    keys: {
      username: SecretValue.external('user on smtp.example.com'),
      password: SecretValue.external('password on smtp.example.com'),
    },
  },
});
