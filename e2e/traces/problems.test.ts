import { describe, expect, it } from 'vitest';
import { traceProblems } from './problems.ts';
import type { RecordedSpan, SpanKind } from './span.ts';
import { traceText } from './tree.ts';

function span(
  spanId: string,
  parentId: string,
  [service, name, kind]: readonly [string, string, SpanKind],
  [from, to]: readonly [number, number],
): RecordedSpan {
  const attributes = new Map<string, string>();
  return { traceId: 't', spanId, parentId, service, name, kind, from, to, attributes };
}

const PUBLISH = '/v1.0/publish/bulk/pubsub/paid';

const TRACE: readonly RecordedSpan[] = [
  span('commit', 'process', ['ledger', 'commit', 'INTERNAL'], [220, 230]),
  span('request', 'client', ['shop', 'POST /tasks', 'SERVER'], [0, 100]),
  span('send', 'request', ['shop', 'send paid', 'PRODUCER'], [90, 200]),
  span('publish', 'send', ['shop', PUBLISH, 'CLIENT'], [110, 190]),
  span('entry', 'publish', ['shop', PUBLISH, 'PRODUCER'], [120, 180]),
  span('deliver', 'send', ['ledger', 'pubsub/paid', 'CLIENT'], [200, 250]),
  span('process', 'deliver', ['ledger', 'process paid', 'CONSUMER'], [210, 240]),
];

function problems(change: (trace: RecordedSpan) => Partial<RecordedSpan> | undefined): string[] {
  const changed = TRACE.flatMap((own) => {
    const other = change(own);
    return other === undefined ? [] : [{ ...own, ...other }];
  });
  const expected = { client: 'client', producer: 'shop', topic: 'paid', consumers: ['ledger'] };
  return traceProblems(changed, expected);
}

describe('traceProblems', () => {
  it('finds none in a whole trace', () => {
    expect(problems(() => ({}))).toEqual([]);
  });

  it.each([
    ['commit', ["no span 'commit' of ledger"]],
    ['entry', ["no span 'paid' of sidecar of shop"]],
    [
      'deliver',
      [
        "no span 'pubsub/paid' of sidecar of ledger",
        "the parent of 'process paid' of ledger is not in the trace",
      ],
    ],
  ])('misses the span %s', (gone, expected) => {
    expect(problems(({ spanId }) => (spanId === gone ? undefined : {}))).toEqual(expected);
  });

  it('finds a span in the wrong place', () => {
    expect(
      problems(({ spanId }) => (spanId === 'process' ? { parentId: 'request' } : {})),
    ).toContain("span 'process paid' of ledger is not below the one before it");
  });

  it('finds what begins before its cause', () => {
    expect(problems(({ spanId }) => (spanId === 'deliver' ? { from: 50 } : {}))).toEqual([
      "'pubsub/paid' of ledger begins before 'send paid', which it is below",
    ]);
  });

  it('finds what ends after the one that waits for it', () => {
    expect(problems(({ spanId }) => (spanId === 'commit' ? { to: 300 } : {}))).toEqual([
      "'commit' of ledger ends after 'process paid', which waits for it",
    ]);
  });
});

describe('traceText', () => {
  it('is a tree', () => {
    expect(traceText(TRACE)).toMatchInlineSnapshot(`
      "span                                  service      kind  from ms  took ms
      ------------------------------------  -------  --------  -------  -------
      POST /tasks                              shop    SERVER      0.0    100.0
        send paid                              shop  PRODUCER     90.0    110.0
          /v1.0/publish/bulk/pubsub/paid       shop    CLIENT    110.0     80.0
            /v1.0/publish/bulk/pubsub/paid     shop  PRODUCER    120.0     60.0
          pubsub/paid                        ledger    CLIENT    200.0     50.0
            process paid                     ledger  CONSUMER    210.0     30.0
              commit                         ledger  INTERNAL    220.0     10.0"
    `);
  });
});
