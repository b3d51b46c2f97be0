import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatTraceparent,
  NOT_SAMPLED,
  parseTraceparent,
  sampledContext,
} from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('parseTraceparent', () => {
  it('reads trace, span and whether it is sampled', () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      traceFlags: 1,
      isRemote: true,
    });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-02`)?.traceFlags).toBe(0);
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-03`)?.traceFlags).toBe(1);
  });

  it.each([
    undefined,
    null,
    7,
    '',
    `01-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}`,
  ])('takes %j for none', (traceparent) => {
    expect(parseTraceparent(traceparent)).toBeUndefined();
    expect(sampledContext(traceparent)).toBeUndefined();
  });

  it('reads what was written', () => {
    const id = (length: number) =>
      fc
        .stringMatching(new RegExp(`^[0-9a-f]{${length}}$`))
        .filter((digits) => /[1-9a-f]/.test(digits));
    fc.assert(
      fc.property(id(32), id(16), fc.constantFrom('00', '01'), (trace, span, flags) => {
        const text = `00-${trace}-${span}-${flags}`;
        expect(formatTraceparent(parseTraceparent(text)!)).toBe(text);
      }),
    );
  });

  it('knows the context that is not sampled', () => {
    expect(parseTraceparent(NOT_SAMPLED)).toBeDefined();
    expect(sampledContext(NOT_SAMPLED)).toBeUndefined();
  });
});
