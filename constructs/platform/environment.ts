import { Size } from 'cdk8s';
import { type ClusterPart, PLATFORM_VERSION, versionProblems } from '../core/versions.ts';
import {
  coded,
  flag,
  having,
  mapOf,
  number,
  optional,
  type Shape,
  shaped,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import {
  digestProblem,
  hostProblem,
  labelNameProblem,
  portNumberProblem,
  repositoryProblem,
  tagProblem,
} from '../core/kubernetes-syntax.ts';
import { DeclarationError } from '../core/errors.ts';
import { requireProps } from '../core/problems.ts';
import type { TraceEndpoint } from './trace-endpoint.ts';

/** How images of apps are named. */
export interface ImageSource {
  /** Registry and folder in front of the image's name. @default - none: the bare name */
  readonly registry?: string;
  /** Tag of images of apps without a digest. */
  readonly tag: string;
  /** `sha256:…` by image name; a digest wins over the tag. @default - none */
  readonly digests?: Readonly<Record<string, string>>;
}

/** How images that the platform itself needs are named: the dead-letter processor, and Kafka's metrics agent. */
export interface PlatformImageSource {
  /** Registry and folder in front of the image's name. @default - that of apps */
  readonly registry?: string;
  /**
   * Tag of images without a digest. It stays as it is when apps are released, so that these pods stay, too.
   *
   * @default - the version of the image; `local` in a local environment
   */
  readonly tag?: string;
  /** `sha256:…` by image name; a digest wins over the tag. @default - those of apps */
  readonly digests?: Readonly<Record<string, string>>;
}

/** A PostgreSQL server that somebody else runs. */
export interface ExternalPostgres {
  /** Host name or address. */
  readonly host: string;
  /** TCP port. @default 5432 */
  readonly port?: number;
  /** Whether connections use TLS, with the server's certificate verified. @default true */
  readonly tls?: boolean;
  /** Certificates, as PEM, of who signs the server's: Amazon RDS has an authority of its own. @default - authorities that systems know */
  readonly certificateAuthority?: string;
}

/** What a factory of {@link Environment} lets you change. */
export interface EnvironmentOptions {
  /** Kubernetes namespace of the platform. @default 'event-driven' */
  readonly namespace?: string;
  /** Where images of apps come from. @default - the profile's own */
  readonly images?: ImageSource;
  /** Where images of the platform itself come from. @default - where those of apps do, with tags of their own */
  readonly platformImages?: PlatformImageSource;
  /** Ratio of traces that are sampled, 0 to 1. @default - 1 locally, 0.1 in production */
  readonly traceSampling?: number;
  /** Where apps and sidecars send traces, by Zipkin or OTLP. @default - traces are not exported */
  readonly traces?: TraceEndpoint;
  /** A database server outside the platform. @default - one in the cluster */
  readonly postgres?: ExternalPostgres;
  /** Least pods of a consumer that scales on lag. @default - 0 locally, 1 in production */
  readonly minReplicas?: number;
  /**
   * Versions that the cluster has, such as `{ dapr: '1.17.5' }`. One that is not supported is refused.
   *
   * @default - not checked here; `npm run doctor` asks a cluster
   */
  readonly clusterVersions?: Readonly<Partial<Record<ClusterPart, string>>>;
}

/** What a database server outside the platform is described by. */
export const EXTERNAL_POSTGRES = shaped<ExternalPostgres>({
  host: text,
  port: optional(number()),
  tls: optional(flag),
  certificateAuthority: optional(text),
});

const SHAPE: Shape<EnvironmentOptions> = {
  namespace: optional(text),
  images: optional(
    shaped<ImageSource>({ registry: optional(text), tag: text, digests: optional(mapOf(text)) }),
  ),
  platformImages: optional(
    shaped<PlatformImageSource>({
      registry: optional(text),
      tag: optional(text),
      digests: optional(mapOf(text)),
    }),
  ),
  traceSampling: optional(number()),
  traces: optional(
    having('a TraceEndpoint, e.g. TraceEndpoint.otlp(…)', 'protocol', 'url', 'port'),
  ),
  postgres: optional(EXTERNAL_POSTGRES),
  minReplicas: optional(number()),
  clusterVersions: optional(mapOf(text)),
};

/** What {@link Environment.awsMsk} has to know. */
export type AwsMskOptions = EnvironmentOptions & Required<Pick<EnvironmentOptions, 'images'>>;

/** Sizes that the broker starts from. */
export interface BrokerDefaults {
  /** Brokers. */
  readonly replicas: number;
  /** Copies of each partition. */
  readonly replicationFactor: number;
  /** Copies that must have a message before it is confirmed. */
  readonly minInSyncReplicas: number;
  /** Volume of each broker. */
  readonly storage: Size;
  /** Memory limit of each broker; half of it is the heap. */
  readonly memory: Size;
  /** CPU request of each broker, in Kubernetes notation. */
  readonly cpu: string;
}

/** Namespaces that Kubernetes keeps for itself, and the one of what has been put nowhere. */
const RESERVED_NAMESPACES = /^(default|kube-.*)$/;

/** Every reason why an external database could not be reached; empty when it could. */
export function postgresProblems({ host, port }: ExternalPostgres): string[] {
  const found = {
    [`host '${host}'`]: hostProblem(host),
    [`port (${port})`]: port === undefined ? undefined : portNumberProblem(port),
  };
  return problemsOf(found);
}

/** What is wrong, by what it is wrong with. */
function problemsOf(found: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(found).flatMap(([what, problem]) =>
    problem === undefined ? [] : [`${what} ${problem}`],
  );
}

function imageProblems(
  option: 'images' | 'platformImages',
  { registry, tag, digests = {} }: PlatformImageSource,
): string[] {
  return problemsOf({
    ...(registry !== undefined && {
      // With a name behind it: the registry alone may look like a path.
      [`${option}.registry '${registry}'`]: repositoryProblem(`${registry}/name`),
    }),
    ...(tag !== undefined && { [`${option}.tag '${tag}'`]: tagProblem(tag) }),
    ...Object.fromEntries(
      Object.entries(digests).map(([name, digest]) => [
        `${option}.digests of '${name}' (${digest})`,
        digestProblem(digest),
      ]),
    ),
  });
}

/** Full reference of an image, by digest where one is known. */
function reference(name: string, tag: string, { registry, digests }: PlatformImageSource): string {
  const repository = registry === undefined ? name : `${registry}/${name}`;
  const digest = digests?.[name];
  return digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
}

interface EnvironmentProfile {
  readonly name: string;
  readonly production: boolean;
  readonly minReplicas: number;
  readonly broker: BrokerDefaults;
  readonly images: ImageSource;
  readonly traceSampling: number;
}

/** Where a platform runs: the profile that constructs take their defaults from. */
export class Environment {
  /** One broker, a database in the cluster, consumers that scale to zero: a laptop, kind, CI. */
  public static local(options: EnvironmentOptions = {}): Environment {
    return new Environment(
      {
        name: 'local',
        production: false,
        minReplicas: 0,
        broker: {
          replicas: 1,
          replicationFactor: 1,
          minInSyncReplicas: 1,
          storage: Size.gibibytes(5),
          memory: Size.gibibytes(1),
          cpu: '250m',
        },
        images: { tag: 'local' },
        traceSampling: 1,
      },
      options,
    );
  }

  /** Three brokers with three copies of each partition, and consumers that never stop wholly. */
  public static production(options: EnvironmentOptions = {}): Environment {
    return Environment.#replicated('production', options);
  }

  /** As production, with Kafka, PostgreSQL and Redis that AWS runs outside of the cluster. */
  public static awsMsk(options: AwsMskOptions): Environment {
    return Environment.#replicated('aws-msk', options);
  }

  static #replicated(name: string, options: EnvironmentOptions): Environment {
    return new Environment(
      {
        name,
        production: true,
        minReplicas: 1,
        broker: {
          replicas: 3,
          replicationFactor: 3,
          minInSyncReplicas: 2,
          storage: Size.gibibytes(100),
          memory: Size.gibibytes(4),
          cpu: '1',
        },
        images: { tag: '0.1.0' },
        traceSampling: 0.1,
      },
      options,
    );
  }

  /** Name of the environment; also the folder below `dist/`. */
  public readonly name: string;
  /** Whether what is merely convenient is refused, such as passwords without TLS. */
  public readonly production: boolean;
  /** Kubernetes namespace of the platform. */
  public readonly namespace: string;
  /** Least pods of a consumer that scales on lag. */
  public readonly minReplicas: number;
  /** Sizes that a broker starts from. */
  public readonly broker: BrokerDefaults;
  /** Ratio of traces that are sampled, 0 to 1. */
  public readonly traceSampling: number;
  /** Where traces go; undefined when they are not exported. */
  public readonly traces: TraceEndpoint | undefined;
  /** The database server outside the platform, if there is one. */
  public readonly postgres: ExternalPostgres | undefined;
  readonly #images: ImageSource;
  readonly #platformImages: PlatformImageSource;

  private constructor(profile: EnvironmentProfile, options: EnvironmentOptions) {
    requireProps(`Environment ${profile.name}`, options, SHAPE);
    this.name = profile.name;
    this.production = profile.production;
    this.minReplicas = options.minReplicas ?? profile.minReplicas;
    this.broker = profile.broker;
    this.namespace = options.namespace ?? 'event-driven';
    this.traceSampling = options.traceSampling ?? profile.traceSampling;
    this.traces = options.traces;
    this.postgres = options.postgres;
    this.#images = options.images ?? profile.images;
    const { registry, digests } = this.#images;
    this.#platformImages = {
      ...(registry !== undefined && { registry }),
      ...(digests && { digests }),
      ...(!profile.production && { tag: profile.images.tag }),
      ...options.platformImages,
    };
    const problems = this.#problems(options);
    if (problems.length > 0) {
      throw new DeclarationError(`environment '${this.name}'`, ...coded('EP5006', ...problems));
    }
  }

  #problems(options: EnvironmentOptions): string[] {
    const { postgres, clusterVersions = {} } = options;
    const versions = versionProblems(clusterVersions);
    return [
      ...problemsOf({
        [`namespace '${this.namespace}'`]: RESERVED_NAMESPACES.test(this.namespace)
          ? "is one that Kubernetes keeps for itself: use one of the platform's own, e.g. 'event-driven'"
          : labelNameProblem(this.namespace),
        [`minReplicas (${this.minReplicas})`]:
          Number.isInteger(this.minReplicas) && this.minReplicas >= 0
            ? undefined
            : 'is not a number of pods: use 0 or more',
        [`traceSampling ${this.traceSampling}`]:
          this.traceSampling >= 0 && this.traceSampling <= 1
            ? undefined
            : 'is not a ratio: use 0 to 1, e.g. 0.1',
      }),
      ...imageProblems('images', this.#images),
      ...(options.platformImages ? imageProblems('platformImages', options.platformImages) : []),
      ...(postgres === undefined ? [] : postgresProblems(postgres)).map(
        (problem) => `postgres.${problem}`,
      ),
      ...(versions.length > 0 ? [`clusterVersions: ${versions.join('; ')}`] : []),
    ];
  }

  /** Full reference of an image of an app, by digest where one is known. */
  public imageReference(name: string): string {
    return reference(name, this.#images.tag, this.#images);
  }

  /**
   * Full reference of an image of the platform itself, by digest where one is known.
   *
   * @param version its tag, where the environment has none. @default - that of this package
   */
  public platformImageReference(name: string, version: string = PLATFORM_VERSION): string {
    return reference(name, this.#platformImages.tag ?? version, this.#platformImages);
  }

  /**
   * Why an image cannot be pulled; undefined when it can. In production, a name without a registry would be
   * somebody else's image of that name.
   *
   * @internal
   */
  public imageProblem(image: string, option: 'images' | 'platformImages'): string | undefined {
    const source = option === 'images' ? this.#images : this.#platformImages;
    return this.production && source.registry === undefined
      ? `image '${image}' is nowhere that production knows: give the environment its ${option}, e.g. { registry: 'registry.example.com/shop', tag: '1.2.3' }`
      : undefined;
  }
}
