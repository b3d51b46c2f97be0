import { startPostgres, type TestPostgres } from '@cdk8s-event-platform/runtime/testing';

let users = 0;
let running: Promise<TestPostgres> | undefined;

/** A PostgreSQL server for one user of several. */
export interface TestServer {
  /** Connection string. @default - that which libpq's variables name */
  readonly url?: string;
  /** Ends the use: the last one removes a server that was started for them. */
  release(): Promise<void>;
}

/** The server that `DATABASE_URL` or libpq's variables name, or one that all tests of this process share. */
export async function useServer(url = process.env.DATABASE_URL): Promise<TestServer> {
  if (url !== undefined || process.env.PGHOST !== undefined) {
    return { ...(url !== undefined && { url }), release: () => Promise.resolve() };
  }
  users++;
  running ??= startPostgres();
  const server = running;
  const release = async () => {
    if (--users === 0) {
      running = undefined;
      await (await server).remove();
    }
  };
  try {
    return { url: (await server).url, release };
  } catch (error) {
    users--;
    running = undefined;
    throw error;
  }
}
