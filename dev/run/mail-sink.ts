import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail server that delivers nothing. */
export interface MailSink {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a mail server that takes every mail, and reports it in one line. */
export async function startMailSink(log: (line: string) => void): Promise<MailSink> {
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'], logger: false },
    disableReverseLookup: true,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const [, subject = 'no subject'] =
          /^subject:\s*(.*)$/im.exec(Buffer.concat(chunks).toString()) ?? [];
        const to = session.envelope.rcptTo.map(({ address }) => address).join(', ');
        log(`mail to ${to}: ${subject.trim()}`);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
