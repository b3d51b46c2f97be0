import { build } from 'esbuild';
import { SourceWatcher } from './source-watcher.ts';

/** What {@link watchChart} needs. */
export interface ChartWatcherOptions {
  /** The program that declares the platform. */
  readonly program: string;
  /** Called when it, or a file that it imports, changes. */
  readonly changed: () => void;
}

/** Files of a program, those of packages left out; undefined when one of them cannot be read. */
async function filesOf(program: string): Promise<string[] | undefined> {
  try {
    const { metafile } = await build({
      entryPoints: [program],
      ...{ bundle: true, write: false, metafile: true, logLevel: 'silent' },
      ...{ platform: 'node', format: 'esm', packages: 'external' },
    });
    return Object.keys(metafile.inputs).filter((file) => !file.includes('node_modules'));
  } catch {
    return undefined;
  }
}

/** Watches the sources of a chart. @returns what ends it. */
export async function watchChart({ program, changed }: ChartWatcherOptions): Promise<() => void> {
  let files = (await filesOf(program)) ?? [program];
  const watcher = new SourceWatcher(() => {
    // It may import other files from now on; those of before count until it can be read again.
    void filesOf(program).then((now) => watcher.set((files = now ?? files)));
    changed();
  });
  watcher.set(files);
  return () => watcher.close();
}
