import * as grpc from '@grpc/grpc-js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import service from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import messages from '@pulumi/pulumi/proto/provider_pb.js';
import type { Change } from './diff.ts';
import { decode, encode, keepSecrets, type Properties } from './values.ts';

/** A resource in the state. */
export interface Resource {
  /** Type, e.g. `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** What its provider finds it by. */
  readonly id: string;
  /** What the program has asked for. */
  readonly inputs: Properties;
  /** What the provider has answered. */
  readonly outputs: Properties;
}

/** What a change does to a resource. */
export interface Difference {
  readonly changes: readonly Change[];
  /** Whether a change cannot be made in place. */
  readonly replaces: (change: Change) => boolean;
  /** Whether the old one must be deleted before the new one is created. */
  readonly deleteBeforeReplace: boolean;
}

/** What a provider does for one configuration. Secrets of inputs are kept in what it answers. */
export interface Provider {
  diff(resource: Resource, inputs: Properties): Difference;
  create(type: string, inputs: Properties): Promise<Pick<Resource, 'id' | 'outputs'>>;
  /** The resource as it is now; undefined when it is gone. */
  read(resource: Resource): Promise<Pick<Resource, 'inputs' | 'outputs'> | undefined>;
  update(resource: Resource, inputs: Properties): Promise<Properties>;
  delete(resource: Resource): Promise<void>;
}

/** Makes a provider from the settings in a program or a stack's configuration. */
export type Configure = (settings: Properties) => Promise<Provider>;

const { PropertyDiff } = messages;
const KINDS = {
  add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
  delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
  update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffResponse({ changes, replaces, deleteBeforeReplace }: Difference) {
  const response = new messages.DiffResponse()
    .setChanges(
      changes.length > 0
        ? messages.DiffResponse.DiffChanges.DIFF_SOME
        : messages.DiffResponse.DiffChanges.DIFF_NONE,
    )
    .setDiffsList(changes.map(({ path }) => path))
    .setReplacesList(changes.filter(replaces).map(({ path }) => path))
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const change of changes) {
    const kind = KINDS[change.kind][replaces(change) ? 1 : 0];
    response
      .getDetaileddiffMap()
      .set(change.path, new PropertyDiff().setKind(kind).setInputdiff(true));
  }
  return response;
}

/** A call of gRPC that a promise answers. */
function unary<Request, Response>(
  answer: (request: Request, connection: string) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    void (async () => answer(call.request, call.getPeer()))().then(
      (response) => {
        callback(null, response);
      },
      (error: unknown) => {
        callback({ code: grpc.status.UNKNOWN, details: (error as Error).message });
      },
    );
  };
}

/**
 * Serves a provider as a program of its own would, on a loopback port that the engine attaches to.
 * Everything that is common to providers is here: the wire format, secrets, previews (which the
 * engine makes alone), and that the engine has a connection for each configuration.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
 */
export class ProviderServer {
  readonly #server = new grpc.Server();
  readonly #providers = new Map<string, Provider>();

  public constructor(
    private readonly name: string,
    private readonly version: string,
    private readonly configure: Configure,
  ) {
    this.#server.addService(service.ResourceProviderService, {
      attach: unary(() => new empty.Empty()),
      getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(this.version)),
      checkConfig: unary((request: messages.CheckRequest) =>
        new messages.CheckResponse().setInputs(request.getNews()),
      ),
      configure: unary((request: messages.ConfigureRequest, connection) =>
        this.#configure(request, connection),
      ),
      check: unary((request: messages.CheckRequest) =>
        new messages.CheckResponse().setInputs(request.getNews()),
      ),
      diff: unary((request: messages.DiffRequest, connection) =>
        diffResponse(
          this.#provider(connection).diff(
            {
              type: request.getType(),
              id: request.getId(),
              inputs: decode(request.getOldInputs()),
              outputs: decode(request.getOlds()),
            },
            decode(request.getNews()),
          ),
        ),
      ),
      create: unary((request: messages.CreateRequest, connection) =>
        this.#create(request, connection),
      ),
      read: unary((request: messages.ReadRequest, connection) => this.#read(request, connection)),
      update: unary((request: messages.UpdateRequest, connection) =>
        this.#update(request, connection),
      ),
      delete: unary(async (request: messages.DeleteRequest, connection) => {
        await this.#provider(connection).delete({
          type: request.getType(),
          id: request.getId(),
          inputs: decode(request.getOldInputs()),
          outputs: decode(request.getProperties()),
        });
        return new empty.Empty();
      }),
      cancel: unary(() => new empty.Empty()),
    });
  }

  /** Starts to serve. Returns the word of `PULUMI_DEBUG_PROVIDERS` that the engine finds it by. */
  public start(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(
        '127.0.0.1:0',
        grpc.ServerCredentials.createInsecure(),
        (error, port) => {
          if (error === null) {
            resolve(`${this.name}:${port}`);
          } else {
            reject(error);
          }
        },
      );
    });
  }

  /** Ends every connection. */
  public stop(): void {
    this.#server.forceShutdown();
  }

  #provider(connection: string): Provider {
    const provider = this.#providers.get(connection);
    if (provider === undefined) {
      throw new Error(`the provider '${this.name}' was not configured on this connection`);
    }
    return provider;
  }

  async #configure(request: messages.ConfigureRequest, connection: string) {
    this.#providers.set(connection, await this.configure(decode(request.getArgs())));
    return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(false);
  }

  async #create(request: messages.CreateRequest, connection: string) {
    const inputs = decode(request.getProperties());
    const { id, outputs } = await this.#provider(connection).create(request.getType(), inputs);
    return new messages.CreateResponse()
      .setId(id)
      .setProperties(encode(keepSecrets(outputs, inputs) as Properties));
  }

  async #read(request: messages.ReadRequest, connection: string) {
    const old = decode(request.getInputs());
    const found = await this.#provider(connection).read({
      type: request.getType(),
      id: request.getId(),
      inputs: old,
      outputs: decode(request.getProperties()),
    });
    // An answer without an id says that the resource is gone.
    return found === undefined
      ? new messages.ReadResponse()
      : new messages.ReadResponse()
          .setId(request.getId())
          .setInputs(encode(keepSecrets(found.inputs, old) as Properties))
          .setProperties(encode(keepSecrets(found.outputs, old) as Properties));
  }

  async #update(request: messages.UpdateRequest, connection: string) {
    const inputs = decode(request.getNews());
    const outputs = await this.#provider(connection).update(
      {
        type: request.getType(),
        id: request.getId(),
        inputs: decode(request.getOldInputs()),
        outputs: decode(request.getOlds()),
      },
      inputs,
    );
    return new messages.UpdateResponse().setProperties(
      encode(keepSecrets(outputs, inputs) as Properties),
    );
  }
}
