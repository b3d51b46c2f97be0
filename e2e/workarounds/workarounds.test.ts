import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXPERIMENTS } from './experiments.ts';
import { topicsOf } from './lab.ts';
import { verdictOf } from './verdict.ts';
import { type Workaround, WORKAROUNDS } from './workarounds.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the list of workarounds', () => {
  it.each(WORKAROUNDS)('names files that are there: $name', ({ name, files }: Workaround) => {
    const experiment = join('e2e', 'workarounds', `${name}.ts`);
    for (const file of [experiment, ...files]) {
      expect(existsSync(join(ROOT, file)), file).toBe(true);
    }
  });

  it('gives no two experiments the same topic', () => {
    const topics = Object.values(EXPERIMENTS).flatMap(({ apps }) => apps.flatMap(topicsOf));
    expect(new Set(topics).size).toBe(topics.length);
  });
});

describe('a verdict', () => {
  const [workaround] = WORKAROUNDS;
  const shows = (summary: string) => ({ shows: true, summary });
  const hidden = (summary: string) => ({ shows: false, summary });

  it('has nothing to say of a fault that is there and worked around', () => {
    const observed = { without: shows('1 of 2'), with: hidden('0 of 2') };
    expect(verdictOf(workaround, observed, '1.18.3')).toEqual({ result: 'needed' });
  });

  it('names the files of a workaround that is not needed any more', () => {
    const observed = { without: hidden('0 of 2'), with: hidden('0 of 2') };
    const { result, problem } = verdictOf(workaround, observed, '1.19.0');
    expect(result).toBe('gone');
    expect(problem).toContain(
      'resubscribe: this fault is gone in daprd 1.19.0: remove what works around it in app-images/runtime/process/resubscribe-guard.ts',
    );
  });

  it('says when a workaround does not help', () => {
    const observed = { without: shows('1 of 2'), with: shows('2 of 2') };
    expect(verdictOf(workaround, observed, '1.19.0').result).toBe('does not help');
  });

  it('says why an experiment could not be carried out', () => {
    const { result, problem } = verdictOf(workaround, new Error('no broker'), '1.19.0');
    expect(result).toBe('not tried');
    expect(problem).toBe('resubscribe: not carried out: no broker');
  });
});
