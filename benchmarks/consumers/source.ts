/** The handler of tutorials on Node's HTTP server and the driver's pool, one event per delivery. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { openPool, type Payment, payUnlessSeen } from './payment.ts';

const pool = openPool();

createServer((request, response) => {
  const answer = (status: string) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ status }));
  if (request.method === 'GET') {
    response.end('[]');
    return;
  }
  json(request)
    .then((event) => payUnlessSeen(pool, (event as { data: Payment }).data))
    .then(
      () => answer('SUCCESS'),
      // Kinder than most: a try again would hold up the partition for what can never succeed.
      () => answer('DROP'),
    );
}).listen(Number(process.env.APP_PORT));
