import type { FastifyInstance } from 'fastify';

const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** What the page may load: nothing from elsewhere. */
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:",
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join('; ');

/**
 * Refuses requests that another page makes a browser send: by a name that leads to this machine, or from another
 * origin. Nobody has to log in here.
 */
export function localRequestsOnly(api: FastifyInstance): void {
  api.addHook('onRequest', ({ headers }, reply, done) => {
    const { host = '', origin, 'sec-fetch-site': site } = headers;
    const foreign =
      !LOCAL_HOSTS.has(host.replace(/:\d+$/, '')) ||
      (origin !== undefined && origin !== `http://${host}`) ||
      site === 'cross-site';
    if (foreign) {
      void reply.code(403).send({ error: 'requests of other pages are refused' });
    } else {
      done();
    }
  });
  api.addHook('onSend', (_request, reply, _payload, done) => {
    void reply.headers({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    done();
  });
}
