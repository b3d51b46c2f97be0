import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { LogLine, LogView } from '../api/types.ts';
import { request } from './client.ts';
import { repeat } from './hooks.ts';
import { Problem, Time } from './parts.tsx';

const INTERVAL = 1_000;
/** Lines that are shown. */
const MAX_LINES = 1_000;

/** The log of one app, or of all, as it grows. */
export function Log({ app }: { readonly app?: string }) {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [error, setError] = useState<string>();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let last = 0;
    return repeat(async () => {
      const query = new URLSearchParams({ after: String(last), ...(app !== undefined && { app }) });
      try {
        const view = await request<LogView>('GET', `/api/logs?${query.toString()}`);
        // A platform that has started again counts from the beginning.
        const restarted = view.last < last;
        last = restarted ? 0 : view.last;
        setLines((before) => [...(restarted ? [] : before), ...view.lines].slice(-MAX_LINES));
        setError(undefined);
      } catch (failure) {
        setError((failure as Error).message);
      }
    }, INTERVAL);
  }, [app]);
  useLayoutEffect(() => {
    box.current!.scrollTop = box.current!.scrollHeight;
  }, [lines]);
  return (
    <>
      <Problem text={error} />
      <div class="log" ref={box} tabIndex={0} role="log" aria-label="log" aria-live="off">
        {lines.map(({ number, time, from, text }) => (
          <div key={number}>
            <Time of={time} /> {app === undefined && <b>{from}</b>} {text}
          </div>
        ))}
      </div>
    </>
  );
}
