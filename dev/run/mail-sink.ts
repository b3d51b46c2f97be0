import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { MailView } from '../api/types.ts';

/** A mail server that delivers nothing. */
export interface MailSink {
  readonly port: number;
  /** What it has taken, the newest first. */
  readonly mails: readonly MailView[];
  stop(): Promise<void>;
}

/** Mails that are kept. */
const CAPACITY = 500;

async function read(content: Buffer, to: readonly string[]): Promise<MailView> {
  const { subject = '', text = '' } = await PostalMime.parse(content);
  return { at: new Date().toISOString(), to, subject, text };
}

/** Starts a mail server that takes every mail, and reports it in one line. */
export async function startMailSink(log: (line: string) => void): Promise<MailSink> {
  const mails: MailView[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'], logger: false },
    disableReverseLookup: true,
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = envelope.rcptTo.map(({ address }) => address);
        read(Buffer.concat(chunks), to).then((mail) => {
          mails.unshift(mail);
          mails.splice(CAPACITY);
          log(`mail to ${to.join(', ')}: ${mail.subject || 'no subject'}`);
          done();
        }, done);
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
