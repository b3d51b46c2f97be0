import type { DeployedPlatform } from './deployed-platform.ts';
import { until } from '../../testkit/until.ts';

/** Services that take part in the trace of a task. */
const TRACED = ['producer', 'task-processor', 'notification-sender', 'analytics-aggregator'];
/** Seconds until the spans of a task are there. */
const DEADLINE = 60;

/** A trace as Jaeger's API shows it. */
interface Trace {
  readonly traceID: string;
  readonly spans: readonly object[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

function page({ kubectl, namespace }: DeployedPlatform, path: string): Promise<string> {
  return kubectl.run(['get', '--raw', `/api/v1/namespaces/${namespace}/services/${path}`]);
}

/** Opens the pages of the local environment, as a reader who forwards their ports does. */
export async function pages(platform: DeployedPlatform): Promise<string> {
  let whole: Trace | undefined;
  await until('a trace of producer and consumers', DEADLINE, async () => {
    const text = await page(platform, 'jaeger:16686/proxy/api/traces?service=producer&limit=100');
    const { data } = JSON.parse(text) as { data: readonly Trace[] };
    whole = data.find(({ processes }) => {
      const services = new Set(Object.values(processes).map(({ serviceName }) => serviceName));
      return TRACED.every((service) => services.has(service));
    });
    return whole !== undefined;
  });
  const kafka = JSON.parse(await page(platform, 'kafka-ui:80/proxy/')) as { status: string };
  if (kafka.status !== 'UP') {
    throw new Error(`the page of Kafka is ${kafka.status}`);
  }
  return `Jaeger shows a trace of ${whole!.spans.length} spans of ${TRACED.length} apps; the stand-in for Kafka's page is up`;
}
