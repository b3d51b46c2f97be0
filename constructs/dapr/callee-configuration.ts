import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { commonLabels } from '../core/names.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import {
  Configuration,
  type ConfigurationSpec,
  type ConfigurationSpecAccessControl,
} from '../imports/dapr.io.ts';
import { DaprConfiguration } from './dapr-configuration.ts';
import { accessOperations, type InvokedOperation } from './invoked-operations.ts';

/** Properties of {@link CalleeConfiguration}. */
export interface CalleeConfigurationProps {
  /** The app that others may call. */
  readonly appId: string;
  /** Name of the Configuration that its sidecar would otherwise start with; it may be declared later. */
  readonly base: string;
}

/**
 * The Configuration of the sidecar of an app that others may call: what its sidecar would otherwise start with, and who
 * may call what. All others are refused, by the identities that Dapr's sentry gives to sidecars.
 *
 * @see https://docs.dapr.io/operations/configuration/invoke-allowlist/
 */
export class CalleeConfiguration extends Construct {
  /** Name of the Configuration. */
  public readonly name: string;
  /** The generated object. */
  public readonly configuration: Configuration;
  readonly #callers = new Map<string, readonly InvokedOperation[]>();

  public constructor(scope: Construct, id: string, props: CalleeConfigurationProps) {
    super(scope, id);
    assignLayer(this, Layer.COMPONENTS);
    const { appId, base } = props;
    this.name = `${appId}-callers`;
    this.configuration = new Configuration(this, 'configuration', {
      metadata: { name: this.name, labels: commonLabels(appId, 'dapr') },
      spec: Lazy.any({ produce: () => this.#spec(base) }) as ConfigurationSpec,
    });
  }

  /** Operations that a caller is granted so far. */
  public operationsOf(caller: string): readonly InvokedOperation[] {
    return this.#callers.get(caller) ?? [];
  }

  /** Lets an app call operations, beside those that it may call already. */
  public admit(caller: string, operations: readonly InvokedOperation[]): void {
    this.#callers.set(caller, [...this.operationsOf(caller), ...operations]);
  }

  #spec(base: string): ConfigurationSpec {
    const declared = DaprConfiguration.find(this, base);
    const { spec = {} } = (declared?.configuration.toJson() ?? {}) as {
      readonly spec?: ConfigurationSpec;
    };
    return { ...spec, accessControl: this.#accessControl(spec.accessControl) };
  }

  #accessControl({
    trustDomain = 'public',
    policies = [],
    ...rest
  }: ConfigurationSpecAccessControl = {}): ConfigurationSpecAccessControl {
    const { namespace } = EventPlatform.of(this).environment;
    return {
      ...rest,
      trustDomain,
      policies: [
        ...policies,
        ...[...this.#callers]
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([appId, operations]) => ({
            ...{ appId, defaultAction: 'deny', trustDomain, namespace },
            operations: accessOperations(operations),
          })),
      ],
    };
  }
}
