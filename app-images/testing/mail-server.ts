import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as it arrived. */
export interface ReceivedMail {
  readonly messageId: string;
  readonly from: string;
  /** Addresses of the envelope. */
  readonly to: readonly string[];
  /** All of it: headers and body. */
  readonly text: string;
}

/** A real SMTP server on loopback, which keeps what it is given. */
export class MailServer {
  /** Starts it at a free port. @param options of smtp-server; without them, nobody logs in and nothing is secured. */
  public static async start(options: SMTPServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    // The process that uses it ends without it.
    server.#server.server.unref();
    return server;
  }

  /** Mails in the order of their arrival, repetitions included. */
  public readonly mails: ReceivedMail[] = [];
  /** What it answers to the next mails instead of taking them: code and text of each. */
  public readonly refusals: { readonly code: number; readonly text: string }[] = [];
  readonly #server: SMTPServer;

  private constructor(options: SMTPServerOptions) {
    this.#server = new SMTPServer({
      authOptional: options.onAuth === undefined,
      disabledCommands: [
        ...(options.onAuth === undefined ? ['AUTH'] : []),
        ...(options.key === undefined ? ['STARTTLS'] : []),
      ],
      logger: false,
      // Nothing depends on the name of a client, and looking for it may take seconds.
      disableReverseLookup: true,
      ...options,
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const refusal = this.refusals.shift();
          if (refusal !== undefined) {
            done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
            return;
          }
          const text = Buffer.concat(chunks).toString();
          const { mailFrom, rcptTo } = session.envelope;
          this.mails.push({
            messageId: /^message-id:\s*(\S+)/im.exec(text)?.[1] ?? '',
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            text,
          });
          done();
        });
      },
    });
    // A client that goes away is no failure of the server.
    this.#server.on('error', () => undefined);
  }

  public get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  public stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
