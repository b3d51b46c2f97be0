/** Inbox and effect in one transaction, on the server of Dapr's SDK: one event per delivery. */
import { startDaprServer } from './dapr-server.ts';
import { openPool, payInTransaction } from './payment.ts';

const pool = openPool();
await startDaprServer((payment) => payInTransaction(pool, payment));
