import { build, type Plugin } from 'esbuild';
import { precompiledSchemas } from './precompiled-schemas.ts';

/** The driver in C is not in the images, so neither is what would call it. */
const WITHOUT_NATIVE_DRIVER: Plugin = {
  name: 'without-native-driver',
  setup: (setup) => {
    setup.onLoad({ filter: /pg[\\/]lib[\\/]native[\\/]index\.js$/ }, () => ({ contents: '' }));
  },
};

/** What is bundled, and where to. */
export interface BundleOptions {
  /** Programs; each becomes one file. */
  readonly entryPoints: readonly string[];
  /** Folder of the results. */
  readonly outdir: string;
  /**
   * Module whose manifests name the contracts that the programs check events against.
   *
   * @default - schemas are compiled when the program starts
   */
  readonly manifest?: string;
  /** Statements in front of each program. @default - none */
  readonly prelude?: string;
  /** Extension of the results. @default '.js' */
  readonly extension?: string;
}

/** Bundles programs as they are in images: ES modules for Node 22, minified. */
export async function bundle(options: BundleOptions): Promise<void> {
  await build({
    entryPoints: [...options.entryPoints],
    outdir: options.outdir,
    outExtension: { '.js': options.extension ?? '.js' },
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    minify: true,
    sourcemap: 'external',
    legalComments: 'none',
    logLevel: 'warning',
    external: ['pg-native'],
    plugins: [
      ...(options.manifest === undefined ? [] : [precompiledSchemas(options.manifest)]),
      WITHOUT_NATIVE_DRIVER,
    ],
    // Packages in CommonJS look for Node's modules with require, which ES modules lack.
    banner: {
      js: `import{createRequire}from'node:module';const require=createRequire(import.meta.url);${options.prelude ?? ''}`,
    },
  });
}
