import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { TASK_PLATFORM_IMAGES } from '../../charts/tasks/task-platform.ts';
import { requireCommand, run } from '../../scripts/toolchain.ts';
import { cacheFolder } from '../tools/cache.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PROGRAMS = join(import.meta.dirname, 'programs');

/** The image of a pod that holds its namespaces. */
export const PAUSE_IMAGE = 'event-platform/pause:e2e';
/** The image of the pod that sends tasks. */
export const CLIENT_IMAGE = 'event-platform/client:e2e';
/** Images that have stand-ins, whatever their version. */
const STAND_INS: readonly string[] = ['danielqsj/kafka-exporter:', 'ghcr.io/kafbat/kafka-ui:'];
/** Authorities that this machine trusts, for downloads of builds. */
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** Where npm looks for settings in the base image, for every user. */
const NPM_SETTINGS = '/usr/local/etc/npmrc';

/** What images are built from. */
export interface ImageOptions {
  /** Folders of the images that are built once, and of the program that holds a pod. */
  readonly tools: Readonly<Record<'node-image' | 'parts-image' | 'pause', string>>;
  /** Images that manifests name. */
  readonly wanted: readonly string[];
  /** Names of an app's image in manifests. */
  readonly names: (app: string) => readonly string[];
  /** Temporary folder of the run. */
  readonly folder: string;
}

/** An image as containerd calls it. */
export function fullName(image: string): string {
  const [first] = image.split('/');
  const named = image.includes('/') && /[.:]/.test(first!);
  return named ? image : `docker.io/${image.includes('/') ? '' : 'library/'}${image}`;
}

/** What an image of a layout is made of. */
interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

interface Descriptor {
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Builds images with buildah, in a storage that is kept: what has not changed is not built again. */
class Builder {
  readonly #storage = [`--root=${join(cacheFolder(), 'images')}`, '--storage-driver=overlay'];

  public constructor(private readonly folder: string) {}

  public run(...args: readonly string[]): string {
    return this.#run(args);
  }

  /** Loads an image from a layout, and returns its id. */
  public load(layout: string, tag: string): string {
    // buildah makes a name of the path that it is given, and not every path is one.
    return this.#run(['pull', '--quiet', `oci:${basename(layout)}:${tag}`], dirname(layout)).trim();
  }

  #run(args: readonly string[], cwd?: string): string {
    return run(
      requireCommand('buildah'),
      [...this.#storage, `--runroot=${join(this.folder, 'buildah')}`, ...args],
      cwd === undefined ? {} : { cwd },
    );
  }

  /** Builds an image by a file, with packages from where this machine gets them. */
  public build(tag: string, file: string, context: string, args: readonly string[] = []): void {
    const npmrc = join(this.folder, 'npmrc');
    const trusted = existsSync(AUTHORITIES);
    writeFileSync(npmrc, `registry=${registry()}\n${trusted ? `cafile=${AUTHORITIES}\n` : ''}`);
    this.run(
      ...['build', '--layers', '--isolation=chroot', '--pull-never', `--tag=${tag}`],
      `--cni-config-dir=${join(this.folder, 'networks')}`,
      `--volume=${npmrc}:${NPM_SETTINGS}:ro`,
      ...(trusted ? [`--volume=${dirname(AUTHORITIES)}:${dirname(AUTHORITIES)}:ro`] : []),
      ...args.map((arg) => `--build-arg=${arg}`),
      ...[`--file=${file}`, context],
    );
  }
}

function registry(): string {
  return run('npm', ['config', 'get', 'registry']).trim();
}

/** The index of a layout: its images by the names they were given in it. */
function index(layout: string): ReadonlyMap<string, Descriptor> {
  const path = join(layout, 'index.json');
  if (!existsSync(path)) {
    return new Map();
  }
  const { manifests } = JSON.parse(readFileSync(path, 'utf8')) as { manifests: Descriptor[] };
  return new Map(
    manifests.map((manifest) => [
      manifest.annotations?.['org.opencontainers.image.ref.name'] ?? '',
      manifest,
    ]),
  );
}

/** An image that others are built on, in the storage. */
function ensureBase(builder: Builder, layout: string, name: string): string {
  const { digest } = index(layout).get(name)!;
  const tag = `localhost/${name}:${digest.slice(-12)}`;
  if (!builder.run('images', '--json').includes(tag)) {
    builder.run('tag', builder.load(layout, name), tag);
  }
  return tag;
}

/** A program of ours for a pod, in one file. */
async function bundleProgram(name: string, folder: string): Promise<void> {
  await build({
    entryPoints: [join(PROGRAMS, `${name}.ts`)],
    outfile: join(folder, `${name}.mjs`),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    logLevel: 'warning',
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
  });
}

/** Builds the image of the tests' own programs. */
async function buildPrograms(builder: Builder, base: string, context: string): Promise<void> {
  mkdirSync(context);
  for (const name of ['client', 'kafka_exporter', 'kafka_ui']) {
    await bundleProgram(name, context);
  }
  writeFileSync(
    join(context, 'kafka_exporter'),
    '#!/bin/sh\nexec node /opt/e2e/kafka_exporter.mjs "$@"\n',
  );
  const file = join(context, 'Containerfile');
  writeFileSync(
    file,
    `FROM ${base}\nCOPY client.mjs kafka_exporter.mjs kafka_ui.mjs /opt/e2e/\nCOPY --chmod=755 kafka_exporter /bin/\nENTRYPOINT ["node", "/opt/e2e/kafka_ui.mjs"]\n`,
  );
  builder.build('localhost/programs', file, context);
}

/** Puts an image that was built into a layout, unless it is there. */
function pushed(builder: Builder, name: string, layout: string): Descriptor {
  const id = builder.run('images', '--quiet', '--no-trunc', `localhost/${name}`).trim();
  const tag = `${name}-${id.slice(-12)}`;
  if (!index(layout).has(tag)) {
    builder.run('push', '--quiet', `localhost/${name}`, `oci:${layout}:${tag}`);
  }
  return index(layout).get(tag)!;
}

/** An archive of images of a layout, each under the names that it is given. */
function archive(layout: string, named: ReadonlyMap<string, Descriptor>, file: string): string {
  const blob = (digest: string) => join('blobs', digest.replace(':', '/'));
  const blobs = [...named.values()].flatMap(({ digest }) => {
    const manifest = JSON.parse(readFileSync(join(layout, blob(digest)), 'utf8')) as Manifest;
    return [digest, manifest.config.digest, ...manifest.layers.map((layer) => layer.digest)];
  });
  const own = mkdtempSync(`${file}-`);
  writeFileSync(
    join(own, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [...named].map(([image, descriptor]) => ({
        ...descriptor,
        annotations: { 'io.containerd.image.name': fullName(image) },
      })),
    }),
  );
  run('tar', [
    ...['-cf', file, '-C', own, 'index.json', '-C', layout, 'oci-layout'],
    ...new Set(blobs.map(blob)),
  ]);
  rmSync(own, { recursive: true });
  return file;
}

/**
 * Builds the project's own images from their Dockerfile, and puts them and the image of all parts into
 * archives, under every name that manifests use.
 *
 * @returns Paths of archives that containerd and kind load.
 */
export async function buildImages(options: ImageOptions): Promise<string[]> {
  const { tools, wanted, names, folder } = options;
  const builder = new Builder(folder);
  const layout = join(cacheFolder(), 'image-layout');
  const base = ensureBase(builder, join(tools['node-image'], 'image'), 'node');
  await buildPrograms(builder, base, join(folder, 'programs'));
  const file = join(folder, 'Pausefile');
  writeFileSync(file, 'FROM scratch\nCOPY pause /\nENTRYPOINT ["/pause"]\n');
  builder.build('localhost/pause', file, tools.pause);
  for (const [app, path] of Object.entries(TASK_PLATFORM_IMAGES)) {
    builder.build(`localhost/${app}`, join(ROOT, 'app-images', 'Dockerfile'), ROOT, [
      `APP=${path}`,
      `BUILD_IMAGE=${base}`,
      `RUN_IMAGE=${base}`,
    ]);
  }
  const programs = pushed(builder, 'programs', layout);
  const own = new Map<string, Descriptor>([
    [PAUSE_IMAGE, pushed(builder, 'pause', layout)],
    [CLIENT_IMAGE, programs],
    ...wanted
      .filter((image) => STAND_INS.some((name) => image.startsWith(name)))
      .map((image) => [image, programs] as const),
    ...Object.keys(TASK_PLATFORM_IMAGES).flatMap((app) => {
      const descriptor = pushed(builder, app, layout);
      return names(app).map((name) => [name, descriptor] as const);
    }),
  ]);
  const parts = join(tools['parts-image'], 'image');
  const others = new Map(
    wanted.filter((image) => !own.has(image)).map((image) => [image, index(parts).get('parts')!]),
  );
  return [
    archive(layout, own, join(folder, 'own.tar')),
    archive(parts, others, join(folder, 'parts.tar')),
  ];
}
