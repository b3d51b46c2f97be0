/** Acknowledges deliveries in bulk and does nothing else: what the sidecar itself can do. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

let count = 0;

createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(request.url === '/count' ? String(count) : '[]');
    return;
  }
  void json(request).then((delivery) => {
    const { entries } = delivery as { entries: readonly { readonly entryId: string }[] };
    const statuses = entries.map(({ entryId }) => ({ entryId, status: 'SUCCESS' }));
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ statuses }));
    count += entries.length;
  });
}).listen(Number(process.env.APP_PORT));
