import type { Observation } from './experiment.ts';
import type { Workaround } from './workarounds.ts';

/** What an experiment says about a workaround. */
export interface Verdict {
  /** For the table. */
  readonly result: 'needed' | 'gone' | 'does not help' | 'not tried';
  /** What there is to do; undefined when everything is as it was. */
  readonly problem?: string;
}

/**
 * Whether a workaround is still needed, and works.
 *
 * @param observed what the experiment came to, or why it could not be carried out.
 * @param version of daprd.
 */
export function verdictOf(
  { name, files, fault }: Workaround,
  observed: Observation | Error,
  version: string,
): Verdict {
  if (observed instanceof Error) {
    return { result: 'not tried', problem: `${name}: not carried out: ${observed.message}` };
  }
  if (!observed.without.shows) {
    const problem = `${name}: this fault is gone in daprd ${version}: remove what works around it in ${files.join(', ')} (${fault}: ${observed.without.summary})`;
    return { result: 'gone', problem };
  }
  if (observed.with?.shows === true) {
    const problem = `${name}: the workaround does not help with daprd ${version}: ${observed.with.summary}; see ${files.join(', ')}`;
    return { result: 'does not help', problem };
  }
  return { result: 'needed' };
}
