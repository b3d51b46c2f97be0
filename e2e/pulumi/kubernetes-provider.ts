import { existsSync, readFileSync } from 'node:fs';
import { accepted, ApiClient, type Identity } from '../api-server/client.ts';
import { inventory } from '../api-server/inventory.ts';
import { readKubeconfig } from '../api-server/kubeconfig.ts';
import { changes, isWithin } from './diff.ts';
import { comparable, fixedPaths, normalize, prune } from './kubernetes-rules.ts';
import type { Configure, Difference, Provider, Resource } from './provider.ts';
import { type Properties, reveal, Secret, type Value } from './values.ts';

/** What the stand-in is given beside a program's settings. */
export interface Surroundings {
  /** Variables, such as `KUBECONFIG`. Read at each configuration. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called when the server has done what a resource asks for, before the engine hears of it. */
  readonly applied: () => void;
}

type Plain = Record<string, unknown>;
type Settings = Record<string, string | undefined>;

function isOn(setting: string | undefined, variable: string | undefined): boolean {
  return (setting ?? variable) === 'true';
}

/** What the server says of an object, with a Secret's values marked. */
function recorded(live: Plain): Properties {
  // Who has set which field is long, and says nothing of the object.
  const metadata = Object.fromEntries(
    Object.entries(live.metadata as Plain).filter(([key]) => key !== 'managedFields'),
  );
  const { data } = live;
  return {
    ...live,
    metadata,
    ...(live.kind === 'Secret' && data !== undefined && { data: new Secret(data as Value) }),
  } as Properties;
}

function asked(inputs: Properties): Plain & Identity {
  return reveal(inputs) as Plain & Identity;
}

/**
 * A stand-in for `pulumi-resource-kubernetes`, which no package registry serves: it does with an API
 * server what the real one does, as far as one can tell from outside. Objects are applied on the
 * server's side; what exists already is not taken over, unless `upsertExistingObjects` is set; a
 * field that somebody else has set is a conflict, unless `enablePatchForce` is set; a change is what
 * differs between the object as it was last seen and what the program asks for.
 *
 * It does not wait until an object is ready, tries nothing twice, makes up no names, has no previews
 * of its own, and knows no charts. It takes no other server than those of these tests.
 *
 * @see https://github.com/pulumi/pulumi-kubernetes
 */
class KubernetesProvider implements Provider {
  public constructor(
    private readonly client: ApiClient | Error,
    private readonly settings: Settings,
    private readonly surroundings: Surroundings,
  ) {}

  public diff(resource: Resource, inputs: Properties): Difference {
    const before = prune(reveal(resource.outputs), normalize(asked(resource.inputs))) as Properties;
    const after = asked(inputs);
    const fixed = fixedPaths(after.apiVersion, after.kind, {
      configMaps: isOn(this.settings.enableConfigMapMutable, undefined),
      secrets: isOn(this.settings.enableSecretMutable, undefined),
    });
    const old = asked(resource.inputs).metadata;
    return {
      changes: changes(
        comparable(before) as Properties,
        comparable(normalize(after)) as Properties,
      ),
      replaces: ({ path }) => isWithin(path, fixed),
      deleteBeforeReplace:
        old.name === after.metadata.name && old.namespace === after.metadata.namespace,
    };
  }

  public async create(_type: string, inputs: Properties) {
    const object = asked(inputs);
    const { env } = this.surroundings;
    const upsert = isOn(
      this.settings.upsertExistingObjects,
      env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS,
    );
    if (!upsert && (await this.#reachable().read(object)) !== undefined) {
      throw new Error(
        `${object.kind} '${object.metadata.name}' already exists in the cluster: import it, or set upsertExistingObjects on the provider`,
      );
    }
    const { namespace, name } = object.metadata;
    return {
      id: namespace === undefined ? name : `${namespace}/${name}`,
      outputs: await this.#apply(object),
    };
  }

  public async read(resource: Resource) {
    const live = await this.#reachable().read(asked(resource.inputs));
    return (
      live && {
        inputs: prune(recorded(live), normalize(asked(resource.inputs))) as Properties,
        outputs: recorded(live),
      }
    );
  }

  public update(_resource: Resource, inputs: Properties): Promise<Properties> {
    return this.#apply(asked(inputs));
  }

  public async delete({ inputs }: Resource): Promise<void> {
    const object = asked(inputs);
    const isNamespace = object.kind === 'Namespace';
    await this.#reachable().delete(object, () =>
      isNamespace ? this.#finalize(object.metadata.name) : Promise.resolve(),
    );
    this.surroundings.applied();
  }

  async #apply(object: Identity & Plain): Promise<Properties> {
    const { enablePatchForce } = this.settings;
    const { PULUMI_K8S_ENABLE_PATCH_FORCE } = this.surroundings.env;
    const force =
      object.metadata.annotations?.['pulumi.com/patchForce'] === 'true' ||
      isOn(enablePatchForce, PULUMI_K8S_ENABLE_PATCH_FORCE);
    const live = accepted(await this.#reachable().apply(object, force));
    this.surroundings.applied();
    return recorded(live);
  }

  #reachable(): ApiClient {
    if (this.client instanceof Error) {
      throw new Error(`configured Kubernetes cluster is unreachable: ${this.client.message}`);
    }
    return this.client;
  }

  /**
   * Lets a namespace go, which is the work of a controller that does not run here. The controller
   * would empty it, too; here something that is left in it is an object that got lost.
   */
  async #finalize(name: string): Promise<void> {
    const client = this.#reachable();
    const left = [...(await inventory(client)).values()].filter(
      ({ metadata }) => metadata.namespace === name,
    );
    if (left.length > 0) {
      const objects = left.map(({ kind, metadata }) => `${kind}/${metadata.name}`).join(', ');
      throw new Error(`the namespace '${name}' is not empty when it is deleted: ${objects}`);
    }
    const metadata = { name };
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata, spec: { finalizers: [] } };
    accepted(await client.call('PUT', `/api/v1/namespaces/${name}/finalize`, body));
  }
}

/** Reaches the cluster of the settings, or says why it cannot be reached. */
async function connect(settings: Settings, surroundings: Surroundings): Promise<ApiClient | Error> {
  const given = settings.kubeconfig ?? surroundings.env.KUBECONFIG;
  try {
    if (given === undefined) {
      throw new Error('neither the setting kubeconfig nor the variable KUBECONFIG is there');
    }
    const { port, token } = readKubeconfig(
      existsSync(given) ? readFileSync(given, 'utf8') : given,
      settings.context,
    );
    const client = new ApiClient(port, token);
    accepted(await client.call('GET', '/version'));
    return client;
  } catch (error) {
    return error as Error;
  }
}

/** Configures the provider as a program does it, with texts. */
export function kubernetesProvider(surroundings: Surroundings): Configure {
  return async (properties) => {
    const settings = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, String(reveal(value))]),
    );
    return new KubernetesProvider(await connect(settings, surroundings), settings, surroundings);
  };
}
