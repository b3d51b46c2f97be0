/** The handler of tutorials on the server of Dapr's SDK, one event per delivery. */
import { startDaprServer } from './dapr-server.ts';
import { openPool, payUnlessSeen } from './payment.ts';

const pool = openPool();
await startDaprServer((payment) => payUnlessSeen(pool, payment));
