import { ofSidecar, type RecordedSpan, type SpanKind } from './span.ts';

/** What a trace must cover. */
export interface ExpectedTrace {
  /** Span of the client, which is not sent to the recorder. */
  readonly client: string;
  readonly producer: string;
  readonly topic: string;
  readonly consumers: readonly string[];
}

/** Clocks of processes on one machine differ by less, in milliseconds. */
const TOLERANCE = 10;

interface Link {
  readonly name: string;
  readonly service: string;
  readonly kind: SpanKind;
  readonly sidecar?: boolean;
}

/**
 * What is missing or wrong in the trace of one event: the request, its publishing, and for each consumer
 * the sidecar's delivery, the processing and the transaction, each below the one before it.
 */
export function traceProblems(
  spans: readonly RecordedSpan[],
  { client, producer, topic, consumers }: ExpectedTrace,
): string[] {
  const problems: string[] = [];
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const follow = (parentId: string | undefined, link: Link): string | undefined => {
    const { name, service, kind, sidecar = false } = link;
    const alike = spans.filter(
      (span) =>
        span.service === service &&
        span.kind === kind &&
        ofSidecar(span) === sidecar &&
        span.name.includes(name),
    );
    const found = alike.find((span) => span.parentId === parentId);
    if (found === undefined && parentId !== undefined) {
      const which = `${sidecar ? 'sidecar of ' : ''}${service}`;
      problems.push(
        alike.length === 0
          ? `no span '${name}' of ${which}`
          : `span '${name}' of ${which} is not below the one before it`,
      );
    }
    return found?.spanId;
  };

  const accepted = follow(client, { name: 'POST /tasks', service: producer, kind: 'SERVER' });
  const sent = follow(accepted, { name: `send ${topic}`, service: producer, kind: 'PRODUCER' });
  const sidecar = { name: topic, service: producer, sidecar: true };
  const published = follow(sent, { ...sidecar, kind: 'CLIENT' });
  follow(published, { ...sidecar, kind: 'PRODUCER' });
  for (const service of consumers) {
    const delivery = { name: `pubsub/${topic}`, service, sidecar: true };
    const delivered = follow(sent, { ...delivery, kind: 'CLIENT' });
    const processed = follow(delivered, { name: `process ${topic}`, service, kind: 'CONSUMER' });
    follow(processed, { name: 'commit', service, kind: 'INTERNAL' });
  }

  for (const span of spans) {
    const { name, service, parentId } = span;
    const parent = parentId === undefined ? undefined : byId.get(parentId);
    if (parent === undefined && parentId !== client) {
      problems.push(`the parent of '${name}' of ${service} is not in the trace`);
    } else if (parent !== undefined && span.from < parent.from - TOLERANCE) {
      problems.push(`'${name}' of ${service} begins before '${parent.name}', which it is below`);
    } else if (parent !== undefined && outlives(span, parent)) {
      problems.push(`'${name}' of ${service} ends after '${parent.name}', which waits for it`);
    }
  }
  return problems;
}

/** Whether a span ends after its parent, though that waits for it: only sending is not waited for. */
function outlives(span: RecordedSpan, parent: RecordedSpan): boolean {
  const waitedFor = span.kind === 'CONSUMER' || span.name === 'commit';
  return waitedFor && span.to > parent.to + TOLERANCE;
}
