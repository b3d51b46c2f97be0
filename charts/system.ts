import type {
  EnvironmentOptions,
  EventPlatform,
  ExternalKafka,
  PostgresDatabase,
  SecretReference,
  SmtpOptions,
} from '../constructs/index.ts';

/** A system of this repository: its platform in each environment, and the images that it runs. */
export interface System {
  /** Declares the platform, by the name of the environment, which is that of its folder below `dist/<system>/`. */
  readonly environments: Readonly<Record<string, () => EventPlatform>>;
  /** Folders below `app-images/`, by the name of the image. */
  readonly images: Readonly<Record<string, string>>;
  /** Namespace that stacks deploy it to. */
  readonly namespace: string;
  /** What the target `local` of stacks deploys. @default - it deploys none of the system */
  readonly local?: LocalSystem;
  /** What the target `aws-msk` of stacks deploys. @default - it deploys none of the system */
  readonly awsMsk?: AwsSystem;
}

/** A system on a cluster of the deployer's own. */
export interface LocalSystem {
  /** Declares the platform. */
  readonly declare: (environment: LocalEnvironmentOptions) => EventPlatform;
  /** Commands that lead to what it serves, by the command that asks the cluster. */
  readonly reachIt: (kubectl: string) => readonly string[];
}

/** What a local stack says of the environment; where traces go is the system's to say. */
export type LocalEnvironmentOptions = Omit<EnvironmentOptions, 'traces'>;

/** A system with what AWS runs. */
export interface AwsSystem {
  /** Declares the platform. */
  readonly declare: (options: AwsPlatformOptions) => AwsPlatform;
  /** Commands that lead to what it serves, by the command that asks the cluster. */
  readonly reachIt: (kubectl: string) => readonly string[];
}

/** What the platform on AWS can be told. */
export interface AwsPlatformOptions {
  /** Region of the cluster. @default 'eu-central-1' */
  readonly region?: string;
  /** Namespace of the platform. @default 'event-driven' */
  readonly namespace?: string;
  /** Least pods of a consumer that scales on lag. @default 1 */
  readonly minReplicas?: number;
  /** Collector that traces are sent to, by OTLP over HTTP. @default - traces are not exported */
  readonly traceEndpoint?: string;
  /** How notifications are sent by mail. @default - names under `example.com` */
  readonly mail?: Pick<SmtpOptions, 'host' | 'from' | 'to'>;
}

/** A platform on AWS, and what AWS has to provide for it. */
export interface AwsPlatform {
  readonly platform: EventPlatform;
  /** Lists the topics, and what each client may do. */
  readonly broker: ExternalKafka;
  /** Names the database and the role that owns it. @default - no server is made */
  readonly database?: PostgresDatabase;
  /** The Secret with the token of the cache. @default - no cache is made */
  readonly cacheCredentials?: SecretReference;
  /** The Secret with user and password on the mail server. @default - it sends no mail */
  readonly mailCredentials?: SecretReference;
}
