import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appRights, EXPORTER_RIGHTS, scalerRights } from './redis-rights.ts';

const streams = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/));

/** The parts in parentheses: rights on keys. */
function selectors(rights: string): string[] {
  return [...rights.matchAll(/\(([^)]*)\)/g)].map((match) => match[1]!);
}

describe('rights', () => {
  it('let an app add to what it publishes, and read what it receives, and nothing else', () => {
    fc.assert(
      fc.property(streams, streams, (publishes, receives) => {
        const rights = appRights({ publishes, receives });
        expect(rights.startsWith('-@all ')).toBe(true);
        const keyed = selectors(rights);
        expect(keyed).toHaveLength(Math.min(1, publishes.length) + Math.min(1, receives.length));
        expect(
          keyed.find((selector) => selector.includes('+xadd'))?.split(' ') ?? ['+xadd'],
        ).toEqual([...publishes.map((stream) => `~${stream}`), '+xadd']);
        // Outside of selectors there is no key at all.
        expect(rights.replaceAll(/\([^)]*\)/g, '')).not.toContain('~');
      }),
    );
  });

  it('are these for a consumer with its dead letters', () => {
    expect(appRights({ publishes: ['orders.shop.dlq'], receives: ['orders'] })).toBe(
      '-@all +ping +hello +auth +info +client|setname (~orders.shop.dlq +xadd) (~orders +xreadgroup +xack +xpending +xclaim +xgroup|create)',
    );
  });

  it('let KEDA and the exporter read only', () => {
    expect(scalerRights(['a', 'b'])).toBe(
      '-@all +ping +hello +auth +info +client|setname (%R~a %R~b +xinfo|groups +xpending +xlen)',
    );
    expect(scalerRights([])).not.toContain('(');
    expect(EXPORTER_RIGHTS).toMatch(/\(%R~\* /);
    expect(EXPORTER_RIGHTS).not.toMatch(/\+(config|xadd|xread|xack|@all)/);
  });
});
