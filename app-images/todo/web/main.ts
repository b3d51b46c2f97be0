import { webServer } from './server.ts';

/** Port of the container. */
const PORT = 8080;

const server = webServer().listen(PORT);
process.once('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});
