import type { Probe } from '../events/index.ts';
import { PROBE } from '../events/properties.ts';

/** Time for something to answer, in milliseconds. */
const ANSWER_TIMEOUT = 2_000;

/** A probe, which always takes some time. */
export type TimedProbe = Probe & { readonly latency_ms: number };

function reasonOf(error: unknown): string {
  const { name, code, cause } = error as Error & { readonly code?: string };
  return name === 'TimeoutError'
    ? `no answer within ${ANSWER_TIMEOUT / 1000} s`
    : // Messages may quote what the other end has sent.
      `no connection: ${(cause as { code?: string } | undefined)?.code ?? code ?? name}`.slice(
        0,
        200,
      );
}

/**
 * Asks for a URL once. Redirects are not followed, and bodies are not read: of what is there, an answer says nothing but its
 * status. That nothing answers is a result, too.
 */
export async function probe(url: string): Promise<TimedProbe> {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) {
    return { healthy: false, latency_ms: 0, reason: 'only http and https are probed' };
  }
  const start = performance.now();
  const latency = () => Math.min(Math.round(performance.now() - start), PROBE.latency_ms.maximum);
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT),
    });
    const [{ status }, latency_ms] = [response, latency()];
    await response.body?.cancel();
    if (status < PROBE.status.minimum || status > PROBE.status.maximum) {
      return { healthy: false, latency_ms, reason: `answers ${status}, which is no status` };
    }
    return status < 400
      ? { healthy: true, status, latency_ms }
      : { healthy: false, status, latency_ms, reason: `answers ${status}` };
  } catch (error) {
    return { healthy: false, latency_ms: latency(), reason: reasonOf(error) };
  }
}
