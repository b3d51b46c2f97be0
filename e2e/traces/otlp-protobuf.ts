import protobuf from 'google-protobuf';
import { milliseconds } from './otlp-json.ts';
import { KINDS, type RecordedSpan } from './span.ts';

type Reader = protobuf.BinaryReader;
type Attribute = readonly [key: string, value: string];

/** Calls `field` for each field of a message; what it does not read is skipped. */
function eachField(reader: Reader, fields: Readonly<Record<number, () => void>>): void {
  while (reader.nextField() && !reader.isEndGroup()) {
    const read = fields[reader.getFieldNumber()];
    if (read === undefined) {
      reader.skipField();
    } else {
      read();
    }
  }
}

/** Reads the message that a field holds. */
function message(reader: Reader, fields: Readonly<Record<number, () => void>>): void {
  reader.readMessage({}, () => eachField(reader, fields));
}

function hex(reader: Reader): string {
  return Buffer.from(reader.readBytes()).toString('hex');
}

/** A KeyValue whose value is of a simple type. */
function attribute(reader: Reader): Attribute {
  let key = '';
  let value = '';
  message(reader, {
    1: () => (key = reader.readString()),
    2: () =>
      message(reader, {
        1: () => (value = reader.readString()),
        2: () => (value = String(reader.readBool())),
        3: () => (value = reader.readInt64String()),
        4: () => (value = String(reader.readDouble())),
      }),
  });
  return [key, value];
}

function span(reader: Reader): Omit<RecordedSpan, 'service'> {
  const attributes: Attribute[] = [];
  const texts = { traceId: '', spanId: '', parentId: '', name: '', from: '0', to: '0' };
  let kind = 0;
  message(reader, {
    1: () => (texts.traceId = hex(reader)),
    2: () => (texts.spanId = hex(reader)),
    4: () => (texts.parentId = hex(reader)),
    5: () => (texts.name = reader.readString()),
    6: () => (kind = reader.readEnum()),
    7: () => (texts.from = reader.readFixed64String()),
    8: () => (texts.to = reader.readFixed64String()),
    9: () => attributes.push(attribute(reader)),
  });
  return {
    ...texts,
    parentId: texts.parentId === '' ? undefined : texts.parentId,
    kind: KINDS[kind] ?? 'INTERNAL',
    from: milliseconds(texts.from),
    to: milliseconds(texts.to),
    attributes: new Map(attributes),
  };
}

/**
 * Spans of a request to `POST /v1/traces` in protobuf, as daprd sends it.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/v1.5.0/opentelemetry/proto/trace/v1/trace.proto
 */
export function otlpProtobufSpans(body: Uint8Array): RecordedSpan[] {
  const reader = new protobuf.BinaryReader(body);
  const result: RecordedSpan[] = [];
  eachField(reader, {
    1: () => {
      let service = 'unknown';
      const spans: Omit<RecordedSpan, 'service'>[] = [];
      message(reader, {
        1: () =>
          message(reader, {
            1: () => {
              const [key, value] = attribute(reader);
              service = key === 'service.name' ? value : service;
            },
          }),
        2: () => message(reader, { 2: () => spans.push(span(reader)) }),
      });
      result.push(...spans.map((own) => ({ ...own, service })));
    },
  });
  return result;
}
