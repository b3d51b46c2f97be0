import { App, Chart, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct, type IConstruct, Node } from 'constructs';
import { coded, CREATED_PLATFORMS } from '@cdk8s-event-platform/contracts/internal';
import { DefaultDenyPolicy } from '../security/network-policies.ts';
import { renderServiceAccount } from '../security/service-account.ts';
import type { SecretReference } from '../security/secret-reference.ts';
import { type ContractLock, readContractLock } from './contract-lock.ts';
import type { Environment } from './environment.ts';
import { DeclarationError } from '../core/errors.ts';
import { applyPatchesLast } from './final-patches.ts';
import { assignLayer, Layer } from './layers.ts';
import { commonLabels } from '../core/names.ts';
import { limitProblems } from '../core/kubernetes-limits.ts';
import { labelNameProblem, webUrlProblem } from '../core/kubernetes-syntax.ts';
import {
  EVENT_PLATFORM,
  type EventPlatformProps,
  type PlatformLinks,
} from './event-platform-props.ts';
import { defaultsProblems, type PlatformDefaults } from './platform-defaults.ts';
import { Problems } from '../core/problems.ts';
import { cores } from '../core/quantities.ts';
import { isInTree, Registers } from './registers.ts';
import { Rendering } from './rendering.ts';

/**
 * Why a platform cannot be created in a scope; undefined when it can. Objects of another copy of cdk8s or
 * constructs look alike, and some of their methods do not know ours.
 */
function scopeProblem(scope: Construct | undefined): string | undefined {
  const node = (scope as Partial<Construct> | undefined)?.node;
  if (node === undefined) {
    return `scope must be a construct, e.g. new App(): new EventPlatform(app, id, { environment })`;
  }
  const copied = !(node instanceof Node)
    ? 'constructs'
    : isForeignApp(node.root)
      ? 'cdk8s'
      : undefined;
  return copied === undefined
    ? undefined
    : `the App is of another copy of ${copied} than cdk8s-event-platform uses: have one version of it, see npm ls ${copied}`;
}

/** Whether a construct is the App of another copy of cdk8s. */
function isForeignApp(root: IConstruct): boolean {
  return !(root instanceof App) && 'charts' in root && 'synthYaml' in root;
}

/** Says that an object is a platform, of whatever copy of the package. */
const BRAND = Symbol.for('cdk8s-event-platform.EventPlatform');

/** Metadata of an App: the platforms in it. */
const PLATFORMS = 'cdk8s-event-platform/platform';

/**
 * A whole event-driven platform in one namespace. Constructs below it find their environment
 * through the tree; the namespace admits only pods that meet PodSecurity `restricted`, and only
 * traffic that a construct has declared.
 */
export class EventPlatform extends Chart {
  /**
   * The platform that a construct belongs to.
   *
   * @throws DeclarationError when it is not below an EventPlatform.
   */
  public static override of(scope: IConstruct): EventPlatform {
    const platform = scope.node.scopes.find(
      (candidate): candidate is EventPlatform => BRAND in candidate,
    );
    if (platform === undefined) {
      throw new DeclarationError(
        scope,
        ...coded(
          'EP5001',
          'is not part of a platform: create it below `new EventPlatform(app, id, { environment })`',
        ),
      );
    }
    return platform;
  }

  /** Otherwise it is that of Chart, for which every chart is one. */
  public static override [Symbol.hasInstance](value: unknown): value is EventPlatform {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** Where the platform runs. */
  public readonly environment: Environment;
  /** Namespaces of the operators that the platform relies on. */
  public readonly operatorNamespaces: {
    readonly dapr: string;
    readonly keda: string;
    readonly monitoring: string;
  };
  /** Where people find what alerts refer to, without a slash at the end. */
  public readonly links: PlatformLinks;
  /** Whether the namespace is one of its objects. */
  public readonly createsNamespace: boolean;
  /** What everything in the platform is rendered with. */
  public readonly defaults: PlatformDefaults;
  /** The generated Namespace; undefined where it exists. */
  public readonly namespaceObject: k8s.KubeNamespace | undefined;
  /** Earlier versions of contracts; undefined without a lock file. @internal */
  public readonly contractLock: ContractLock | undefined;
  /** Denies all that no other policy allows. */
  public readonly defaultDeny: DefaultDenyPolicy;
  /** The generated ServiceAccount of pods that have none of their own; undefined without one, or where it exists. */
  public readonly serviceAccount: k8s.KubeServiceAccount | undefined;
  /** What constructs enter when they are created. @internal */
  public readonly registers = new Registers();
  readonly #secrets = new Map<string, SecretReference>();
  readonly #apps = new Map<string, IConstruct>();
  readonly #preparations: (readonly [IConstruct, () => void])[] = [];

  public constructor(scope: Construct, id: string, props: EventPlatformProps) {
    const problem = scopeProblem(scope);
    if (problem !== undefined) {
      throw new DeclarationError(`EventPlatform '${id}'`, ...coded('EP5001', problem));
    }
    new Problems([scope.node.path, id].filter((part) => part !== '').join('/')).props(
      props,
      EVENT_PLATFORM,
    );
    super(scope, id, { namespace: props.environment.namespace, disableResourceNameHashes: true });
    Object.defineProperty(this, BRAND, { value: true });
    this.environment = props.environment;
    this.operatorNamespaces = {
      dapr: props.daprNamespace ?? 'dapr-system',
      keda: props.kedaNamespace ?? 'keda',
      monitoring: props.monitoringNamespace ?? 'monitoring',
    };
    const { cpuLimit, ...defaults } = props.defaults ?? {};
    this.defaults = {
      ...defaults,
      ...(cpuLimit !== undefined && { cpuLimit: String(cores(cpuLimit).value) }),
    };
    this.createsNamespace = props.createNamespace ?? true;
    const links: Readonly<Record<string, string>> = { ...props.links };
    this.links = Object.fromEntries(
      Object.entries(links).map(([name, url]) => [name, url.replace(/\/+$/, '')]),
    );
    this.#check();
    this.contractLock = readContractLock(this, props.contractsLock);
    (globalThis as { [CREATED_PLATFORMS]?: EventPlatform[] })[CREATED_PLATFORMS]?.push(this);

    const foundation = new Construct(this, 'namespace');
    assignLayer(foundation, Layer.NAMESPACE);
    this.namespaceObject = this.createsNamespace ? this.#createNamespace(foundation) : undefined;
    this.defaultDeny = new DefaultDenyPolicy(foundation, 'default-deny', this.defaults);
    const { serviceAccount } = this.defaults;
    if (serviceAccount !== undefined) {
      const labels = commonLabels(serviceAccount.name, 'service-account');
      this.serviceAccount = renderServiceAccount(
        foundation,
        'service-account',
        serviceAccount,
        labels,
      );
    }
    this.node.root.node.addMetadata(PLATFORMS, this);
    this.node.addValidation({
      // A platform is validated before it is rendered.
      validate: () =>
        this.rendering((rendering) => {
          applyPatchesLast(this, this.defaults);
          return [
            ...coded('EP5003', ...this.#sharedNamespace(), ...this.#duplicates(rendering)),
            ...coded('EP6001', ...this.#limits(rendering)),
          ];
        }),
    });
  }

  /** Renders the objects, as cdk8s does; each is resolved once. */
  public override toJson(): ReturnType<Chart['toJson']> {
    return this.rendering(() => super.toJson() as object[]);
  }

  /** Runs a function in the rendering that is under way, or in a new one. @internal */
  public rendering<Result>(use: (rendering: Rendering) => Result): Result {
    return Rendering.during(this, use, () => this.#prepare());
  }

  /** Adds a function that creates, before each rendering, the objects whose number is known only then. @internal */
  public addPreparation(construct: IConstruct, prepare: () => void): void {
    this.#preparations.push([construct, prepare]);
  }

  /** The Secrets that manifests refer to and that the deployer must create, by name. */
  public get secrets(): readonly SecretReference[] {
    return [...this.#secrets.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  /**
   * Declares a Secret that manifests refer to.
   *
   * @throws DeclarationError when another reference has the same name.
   */
  public addSecret(secret: SecretReference): void {
    const known = this.#secrets.get(secret.name);
    if (known !== undefined && known !== secret) {
      throw new DeclarationError(
        this,
        ...coded(
          'EP5003',
          `secret '${secret.name}' is declared twice: share one SecretReference, or give one another name`,
        ),
      );
    }
    this.#secrets.set(secret.name, secret);
  }

  /**
   * Declares an app. Its id is the name of its Deployment, its account at the broker and its consumer group.
   *
   * @throws DeclarationError when another app has the same id.
   */
  public addApp(app: IConstruct, appId: string): void {
    const other = this.#apps.get(appId);
    if (other !== undefined) {
      throw new DeclarationError(
        app,
        ...coded(
          'EP5003',
          `app id '${appId}' is that of '${other.node.path}' already, and an app has one Deployment, one sidecar and one pub/sub: give one of them another appId, or list all events in one manifest`,
        ),
      );
    }
    this.#apps.set(appId, app);
  }

  /** The app of an id. @internal */
  public findApp(appId: string): IConstruct | undefined {
    return this.#apps.get(appId);
  }

  #createNamespace(scope: Construct): k8s.KubeNamespace {
    const namespace = new k8s.KubeNamespace(scope, 'namespace', {
      metadata: {
        name: this.environment.namespace,
        labels: {
          'app.kubernetes.io/part-of': 'event-platform',
          'app.kubernetes.io/managed-by': 'cdk8s',
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/audit': 'restricted',
          'pod-security.kubernetes.io/warn': 'restricted',
        },
      },
    });
    // A namespace is not in a namespace, though the chart puts everything into its own.
    namespace.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
    return namespace;
  }

  #prepare(): void {
    for (const [construct, prepare] of this.#preparations) {
      if (isInTree(construct)) {
        try {
          prepare();
        } catch {
          // Whatever is wrong is wrong, too, when the object itself is resolved, which reports it.
        }
      }
    }
  }

  /** Another platform of the App in the same namespace: each would overwrite objects of the other. */
  #sharedNamespace(): string[] {
    return this.node.root.node.metadata
      .filter(({ type }) => type === PLATFORMS)
      .map(({ data }) => data as EventPlatform)
      .filter(isInTree)
      .filter((other) => other !== this && other.namespace === this.namespace)
      .map(
        (other) =>
          `${this.node.path}: namespace '${this.environment.namespace}' is that of platform '${other.node.path}', too, and objects of one name would overwrite each other: give one of them another namespace, or an App of its own`,
      );
  }

  #check(): void {
    const problems = new Problems(this);
    const { namespace } = this.environment;
    for (const [operator, name] of Object.entries(this.operatorNamespaces)) {
      const problem = labelNameProblem(name);
      problems.add(
        ...coded(
          'EP1002',
          problem !== undefined && `${operator}Namespace '${name}' ${problem}`,
          name === namespace &&
            `namespace '${namespace}' is that of ${operator}Namespace, which the platform's policies would cut off: give the platform one of its own`,
        ),
      );
    }
    for (const [name, url] of Object.entries(this.links)) {
      const problem = webUrlProblem(url as string);
      problems.add(
        ...coded('EP1004', problem !== undefined && `links.${name} '${url}' ${problem}`),
      );
    }
    problems.add(...coded('EP5007', ...defaultsProblems(this.defaults)));
    problems.report();
  }

  /** Objects of one kind and name: the second would overwrite the first. */
  #duplicates({ objects }: Rendering): string[] {
    const problems: string[] = [];
    const paths = new Map<string, string>();
    for (const object of objects) {
      const identity = `${object.apiGroup}/${object.kind} '${object.name}'`;
      const place = `${identity} in ${object.metadata.namespace ?? this.environment.namespace}`;
      const other = paths.get(place);
      if (other !== undefined) {
        problems.push(
          `${object.node.path}: ${identity} is declared by '${other}' too: give one of them another name or app id`,
        );
      }
      paths.set(place, object.node.path);
    }
    return problems;
  }

  /** What Kubernetes would refuse of the objects as they are rendered, patches included. */
  #limits({ objects }: Rendering): string[] {
    return objects.flatMap((object) => {
      const { path } = object.node;
      try {
        return limitProblems(object.toJson() as object).map((found) => `${path}: ${found}`);
      } catch (error) {
        return [`${path}: cannot be rendered: ${(error as Error).message}`];
      }
    });
  }
}
