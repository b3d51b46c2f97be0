/** The handler of tutorials on the server of Dapr's SDK, which is given events in bulk. */
import { BULK } from '../names.ts';
import { startDaprServer } from './dapr-server.ts';
import { openPool, payUnlessSeen } from './payment.ts';

const pool = openPool();
await startDaprServer((payment) => payUnlessSeen(pool, payment), BULK);
