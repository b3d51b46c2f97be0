/** The stand-in for Kafbat UI as a program: it is healthy as long as it can connect to Kafka, and shows where that is. */
import { createServer } from 'node:http';
import { connect } from 'node:net';

const { SERVER_PORT, KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: servers = '' } = process.env;
const [host, port] = servers.split(',')[0]!.split(':');

function canConnect(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host!, port: Number(port), timeout: 2_000 });
    const end = (connected: boolean) => {
      socket.destroy();
      resolve(connected);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

createServer((_, response) => {
  void canConnect().then((connected) =>
    response
      .writeHead(connected ? 200 : 503, { 'content-type': 'application/json' })
      .end(JSON.stringify({ status: connected ? 'UP' : 'DOWN', servers })),
  );
}).listen(Number(SERVER_PORT), '0.0.0.0');
process.once('SIGTERM', () => process.exit());
