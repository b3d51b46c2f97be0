import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildContext, type BuildFailure, context } from 'esbuild';
import { SourceWatcher } from './source-watcher.ts';

/** What {@link AppBundler} needs. */
export interface AppBundlerOptions {
  /** Programs by app id: modules in TypeScript or JavaScript. */
  readonly programs: ReadonlyMap<string, string>;
  /** Folder for what is bundled. */
  readonly folder: string;
  /** Called with each program that is another than before. */
  readonly changed: (appId: string) => void;
  /** Called with the first error of sources that cannot be bundled, and with nothing once they can. */
  readonly failed: (reason: string | undefined) => void;
}

/** Bundles the programs of apps together, which share most of their modules, and again when sources change. */
export class AppBundler {
  readonly #watcher = new SourceWatcher(() => void this.#build());
  readonly #hashes = new Map<string, string>();
  #context: BuildContext<{ metafile: true; write: false }> | undefined;
  #closed = false;

  private constructor(private readonly options: AppBundlerOptions) {}

  /** Bundles all programs, and watches their sources. */
  public static async start(options: AppBundlerOptions): Promise<AppBundler> {
    const { programs, folder } = options;
    mkdirSync(folder, { recursive: true });
    // Programs of an earlier run do not start when the sources of today cannot be bundled.
    readdirSync(folder)
      .filter((file) => file.endsWith('.mjs'))
      .forEach((file) => rmSync(join(folder, file)));
    const bundler = new AppBundler(options);
    bundler.#context = await context({
      entryPoints: Object.fromEntries(programs),
      ...{ outdir: folder, outExtension: { '.js': '.mjs' }, write: false, metafile: true },
      ...{ bundle: true, platform: 'node', target: 'node22', format: 'esm' },
      // What apps share is in files of its own: Node need not compile it again when the code of one changes.
      ...{ splitting: true, chunkNames: 'chunk-[hash]' },
      ...{ sourcemap: true, sourcesContent: false, external: ['pg-native'], logLevel: 'silent' },
      // Packages in CommonJS look for Node's modules with require, which ES modules lack.
      banner: {
        js: `import{createRequire}from'node:module';const require=createRequire(import.meta.url);`,
      },
    });
    bundler.#watcher.set([...programs.values()]);
    await bundler.#build();
    return bundler;
  }

  /** The bundle of a program. */
  public fileOf(appId: string): string {
    return join(this.options.folder, `${appId}.mjs`);
  }

  /** Watches sources no more. */
  public async stop(): Promise<void> {
    this.#closed = true;
    this.#watcher.close();
    await this.#context!.dispose();
  }

  async #build(): Promise<void> {
    try {
      const { metafile, outputFiles } = await this.#context!.rebuild();
      if (this.#closed) {
        return;
      }
      this.options.failed(undefined);
      this.#watcher.set(
        Object.keys(metafile.inputs).filter((file) => !file.includes('node_modules')),
      );
      for (const { path, contents } of outputFiles) {
        const hash = createHash('sha256').update(contents).digest('hex');
        if (this.#hashes.get(path) !== hash) {
          this.#hashes.set(path, hash);
          writeFileSync(path, contents);
          const appId = basename(path, '.mjs');
          if (this.options.programs.has(appId)) {
            this.options.changed(appId);
          }
        }
      }
    } catch (error) {
      const { errors = [] } = error as Partial<BuildFailure>;
      const [first] = errors;
      // What is missing may come beside the files that name it.
      this.#watcher.addFolders(errors.flatMap(({ location }) => location?.file ?? []));
      const { file, line } = first?.location ?? {};
      const place = file === undefined ? '' : `${file}:${line ?? 1}: `;
      this.options.failed(`${place}${first?.text ?? (error as Error).message}`);
    }
  }
}
