import { TRACING_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { Logger } from './logging.ts';
import type { Tracing } from './tracing.ts';

/**
 * Tracing as the environment says; undefined when it names no exporter. OpenTelemetry's SDK is loaded only
 * when it is used.
 *
 * @throws Error when a variable is not valid.
 */
export async function loadTracing(appId: string, log: Logger): Promise<Tracing | undefined> {
  const exporter = process.env[TRACING_ENV.exporter] ?? '';
  if (exporter === '' || exporter === 'none') {
    return undefined;
  }
  const { tracingWith } = await import('./tracing.ts');
  return tracingWith(exporter, appId, log);
}
