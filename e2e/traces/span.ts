/** What a span is for. */
export type SpanKind = 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';

/** Kinds by their number in OTLP. */
export const KINDS: readonly SpanKind[] = [
  'INTERNAL',
  'INTERNAL',
  'SERVER',
  'CLIENT',
  'PRODUCER',
  'CONSUMER',
];

/** A span as it was received, whatever the protocol. */
export interface RecordedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined where it begins a trace. */
  readonly parentId: string | undefined;
  readonly service: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Whether a span is one of daprd's, by the names that these have. */
export function ofSidecar({ name }: RecordedSpan): boolean {
  return name.startsWith('/v1.0') || name.startsWith('pubsub/');
}
