/** A package that is published, as its sources are. */
export interface PackageSource {
  readonly name: string;
  /** Folder with its sources and package.json. */
  readonly folder: string;
  /** How it is compiled. Packages that jest must load are CommonJS. */
  readonly format: 'commonjs' | 'module';
  /** Files that others may import, by subpath. */
  readonly entries: Readonly<Record<string, string>>;
  /** Commands, by name. @default - none */
  readonly programs?: Readonly<Record<string, string>>;
  /** Folders and files that are published as they are. @default - none */
  readonly assets?: readonly string[];
}

/** The packages, each after those that it depends on. tsconfig.json has the same names under `paths`. */
export const PACKAGES: readonly PackageSource[] = [
  {
    name: '@cdk8s-event-platform/contracts',
    folder: 'contracts',
    format: 'commonjs',
    entries: {
      '.': 'index.ts',
      './interface': 'interface/index.ts',
      './internal': 'internal.ts',
      './compatibility/internal': 'compatibility/internal.ts',
    },
  },
  {
    name: 'cdk8s-event-platform',
    folder: 'constructs',
    format: 'commonjs',
    entries: { '.': 'index.ts', './testing': 'testing/index.ts' },
  },
  {
    name: '@cdk8s-event-platform/runtime',
    folder: 'app-images/runtime',
    format: 'module',
    entries: {
      '.': 'index.ts',
      './dead-letters': 'dead-letters/index.ts',
      './testing': 'testing/index.ts',
      './testing/internal': 'testing/internal.ts',
    },
  },
  {
    name: '@cdk8s-event-platform/pulumi',
    folder: 'stacks/kubernetes',
    format: 'module',
    entries: { '.': 'index.ts' },
  },
  {
    name: '@cdk8s-event-platform/dev',
    folder: 'dev',
    format: 'module',
    entries: { '.': 'index.ts' },
    // Bundled for the browser when somebody looks at it.
    assets: ['page'],
  },
  {
    name: '@cdk8s-event-platform/cli',
    folder: 'cli',
    format: 'module',
    entries: {},
    programs: { 'event-platform': 'main.ts' },
  },
  {
    name: 'create-cdk8s-event-platform',
    folder: 'create',
    format: 'module',
    entries: {},
    programs: { 'create-cdk8s-event-platform': 'main.ts' },
    assets: ['template'],
  },
];
