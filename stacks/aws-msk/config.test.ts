import { expect, it } from 'vitest';
import { ANSWERS, MAIL_SETTINGS, REGION } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import { program } from './index.ts';

const COMMITTED = { target: 'aws-msk', size: 'dev', region: REGION, imageTag: '1.2.3' };

it('asks who may reach the API, since nobody is inside a network that is yet to be made', async () => {
  await expect(
    record(program, { config: { ...COMMITTED, ...MAIL_SETTINGS }, ...ANSWERS }),
  ).rejects.toThrow("'publicAccessCidrs' is not set, and the deployer could not reach the cluster");
});

it('asks where notifications go, all of it at once', async () => {
  const failure = record(program, { config: COMMITTED, ...ANSWERS });
  await expect(failure).rejects.toThrow(
    /'mailHost' .*\n.*'mailFrom' .*\n.*'mailTo' .*\n.*'mailUser' /,
  );
  await expect(failure).rejects.toThrow(
    /'mailPassword' \(password on the mail server\) is not set; set it with: .* mailPassword VALUE --secret/,
  );
});
