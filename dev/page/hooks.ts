import { useCallback, useEffect, useState } from 'preact/hooks';
import { request } from './client.ts';

/** Runs something now and after each interval, while somebody looks at the page. Returns what ends it. */
export function repeat(run: () => Promise<void>, interval: number | undefined): () => void {
  let ended = false;
  let timer: number | undefined;
  const turn = async (): Promise<void> => {
    if (!document.hidden) {
      await run();
    }
    if (interval !== undefined && !ended) {
      timer = window.setTimeout(() => void turn(), interval);
    }
  };
  void turn();
  return () => {
    ended = true;
    window.clearTimeout(timer);
  };
}

/** What was read last, and why the last try has failed. */
export interface Read<Answer> {
  readonly value: Answer | undefined;
  readonly error: string | undefined;
  /** Reads now. */
  readonly again: () => void;
}

/** Reads from the API. @param interval milliseconds after which it is read again. @default - it is read once */
export function useRead<Answer>(path: string, interval?: number): Read<Answer> {
  const [state, setState] = useState<{ path: string; value?: Answer; error?: string }>({ path });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    const end = repeat(async () => {
      try {
        const value = await request<Answer>('GET', path);
        if (current) {
          setState({ path, value });
        }
      } catch (failure) {
        if (current) {
          // What was there stays on the screen.
          setState((last) => ({ ...last, error: (failure as Error).message }));
        }
      }
    }, interval);
    return () => {
      current = false;
      end();
    };
  }, [path, interval, turn]);
  const again = useCallback(() => setTurn((last) => last + 1), []);
  return { value: state.path === path ? state.value : undefined, error: state.error, again };
}

function route(): readonly string[] {
  return window.location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
}

/** Where somebody is: the parts of the address behind `#`. */
export function useRoute(): readonly string[] {
  const [parts, setParts] = useState(route);
  useEffect(() => {
    const follow = () => setParts(route());
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  return parts;
}

/** Address of a place on the page. */
export function linkTo(...parts: readonly (string | number)[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

/** What a button does, whether that runs, and what came of it. */
export interface Action {
  readonly run: () => void;
  readonly running: boolean;
  /** What came of it, in one line. */
  readonly result: string;
  readonly failed: boolean;
}

/** An action that says in one line what it has done. */
export function useAction(act: () => Promise<string>): Action {
  const [state, setState] = useState({ running: false, result: '', failed: false });
  const run = () => {
    setState({ running: true, result: '', failed: false });
    act().then(
      (result) => setState({ running: false, result, failed: false }),
      (error: unknown) =>
        setState({ running: false, result: (error as Error).message, failed: true }),
    );
  };
  return { run, ...state };
}
