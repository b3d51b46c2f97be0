import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpanRecorder } from './recorder.ts';

/** A field of a protobuf message, shorter than 16 KiB. */
function field(number: number, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const { length } = bytes;
  const prefix = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...prefix]), bytes]);
}

function fixed(number: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (number << 3) | 1;
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PARENT = '00f067aa0ba902b8';
/** 2026-01-01, and 1.5 ms later. */
const FROM = 1_767_225_600_000_000_000n;
const TO = FROM + 1_500_000n;

const attributes = (key: string, value: string) =>
  Buffer.concat([field(1, key), field(2, field(1, value))]);

const PROTOBUF = field(
  1,
  Buffer.concat([
    field(1, field(1, attributes('service.name', 'app'))),
    field(
      2,
      Buffer.concat([
        field(1, field(1, 'scope')),
        field(
          2,
          Buffer.concat([
            field(1, Buffer.from(TRACE, 'hex')),
            field(2, Buffer.from(SPAN, 'hex')),
            field(3, 'state=1'),
            field(4, Buffer.from(PARENT, 'hex')),
            field(5, 'a span'),
            Buffer.from([6 << 3, 5]),
            fixed(7, FROM),
            fixed(8, TO),
            field(9, attributes('key', 'value')),
          ]),
        ),
      ]),
    ),
  ]),
);

const JSON_REQUEST = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'app' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: TRACE,
              spanId: SPAN,
              parentSpanId: PARENT,
              name: 'a span',
              kind: 5,
              startTimeUnixNano: String(FROM),
              endTimeUnixNano: String(TO),
              attributes: [{ key: 'key', value: { stringValue: 'value' } }],
            },
          ],
        },
      ],
    },
  ],
};

const ZIPKIN = [
  {
    traceId: TRACE,
    id: SPAN,
    parentId: PARENT,
    name: 'a span',
    kind: 'CONSUMER',
    timestamp: Number(FROM / 1000n),
    duration: 1500,
    localEndpoint: { serviceName: 'app' },
    tags: { key: 'value' },
  },
];

describe('SpanRecorder', () => {
  const recorder = new SpanRecorder();
  beforeAll(() => recorder.start());
  afterAll(() => recorder.stop());

  const post = async (
    protocol: 'zipkin' | 'otlp',
    contentType: string,
    body: string | Buffer<ArrayBuffer>,
  ) => {
    const { url } = recorder.endpoint(protocol);
    const target = protocol === 'otlp' ? `${url}/v1/traces` : url;
    const headers = { 'content-type': contentType };
    return (await fetch(target, { method: 'POST', headers, body })).status;
  };

  it.each([
    ['zipkin', 'application/json', JSON.stringify(ZIPKIN), 202],
    ['otlp', 'application/json', JSON.stringify(JSON_REQUEST), 200],
    ['otlp', 'application/x-protobuf', PROTOBUF, 200],
  ] as const)('reads a span of %s in %s', async (protocol, contentType, body, status) => {
    recorder.watch(TRACE);
    expect(await post(protocol, contentType, body as Buffer<ArrayBuffer>)).toBe(status);
    expect(recorder.spans(TRACE)).toEqual([
      {
        traceId: TRACE,
        spanId: SPAN,
        parentId: PARENT,
        service: 'app',
        name: 'a span',
        kind: 'CONSUMER',
        from: 1_767_225_600_000,
        to: 1_767_225_600_001.5,
        attributes: new Map([['key', 'value']]),
      },
    ]);
  });

  it('notes what it cannot read', async () => {
    expect(await post('zipkin', 'application/json', '{')).toBe(400);
    expect(recorder.problems).toHaveLength(1);
  });
});
