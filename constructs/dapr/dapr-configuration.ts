import { Construct, type IConstruct } from 'constructs';
import { coded, number, optional, text } from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from '../core/errors.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels, requireDnsLabel } from '../core/names.ts';
import { requireProps } from '../core/problems.ts';
import type { Register } from '../platform/registers.ts';
import type { TraceEndpoint } from '../platform/trace-endpoint.ts';
import { Configuration, type ConfigurationSpecTracing } from '../imports/dapr.io.ts';

/** Configurations, by their name. */
const CONFIGURATIONS: Register<DaprConfiguration> = { name: 'dapr-configurations' };

/** Name of the Configuration that sidecars start with by default; it need not be declared. */
export const DEFAULT_CONFIGURATION = 'event-platform';

/** Properties of {@link DaprConfiguration}. */
export interface DaprConfigurationProps {
  /** Name of the Configuration, which sidecars are started with. @default - the id */
  readonly name?: string;
  /** Ratio of traces that are sampled, 0 to 1. @default - the environment's */
  readonly traceSampling?: number;
}

/**
 * Where sidecars send spans. Of OTLP, daprd wants host and port: with a scheme or a path in them it
 * would send nothing.
 *
 * @see https://docs.dapr.io/operations/configuration/configuration-overview/#tracing
 */
function exporter(
  traces: TraceEndpoint | undefined,
): Pick<ConfigurationSpecTracing, 'zipkin' | 'otel'> {
  if (traces === undefined) {
    return {};
  }
  const { host, port, tls, url } = traces;
  return traces.protocol === 'zipkin'
    ? { zipkin: { endpointAddress: url } }
    : { otel: { endpointAddress: `${host}:${port}`, isSecure: tls, protocol: 'http' } };
}

/**
 * Beginnings of paths that requests are counted by, to a sidecar and to its app. What comes after, such
 * as the key of a state, is left out, and all other paths count as one: series stay few.
 *
 * @see https://docs.dapr.io/operations/observability/metrics/metrics-overview/#path-matching
 */
const COUNTED_PATHS: readonly string[] = [
  '/dead-letters',
  '/events/',
  '/topics/',
  '/v1.0/invoke/',
  '/v1.0/publish/',
  '/v1.0/publish/bulk/',
  '/v1.0/state/',
];

/**
 * How sidecars trace, count and log. One called `event-platform` with the settings of the environment is created for
 * apps that name none; declare one of this name to change them. Calls of other apps are refused: an app that others may call by
 * `grantInvoke` has a Configuration of its own, with these settings.
 *
 * @see https://docs.dapr.io/reference/resource-specs/configuration-schema/
 */
export class DaprConfiguration extends Construct {
  /** The Configuration of this name in the platform of a construct, if it has one. */
  public static find(scope: IConstruct, name: string): DaprConfiguration | undefined {
    return EventPlatform.of(scope).registers.find(CONFIGURATIONS, name);
  }

  /** Creates a Configuration of the default name before objects are rendered, unless it is declared. @internal */
  public static provideDefault(scope: IConstruct): void {
    const platform = EventPlatform.of(scope);
    platform.addPreparation(scope, () => {
      if (!DaprConfiguration.exists(platform, DEFAULT_CONFIGURATION)) {
        new DaprConfiguration(platform, 'default-dapr-configuration', {
          name: DEFAULT_CONFIGURATION,
        });
      }
    });
  }

  /** Whether the platform of a construct has a Configuration of this name. */
  public static exists(scope: IConstruct, name: string): boolean {
    return DaprConfiguration.find(scope, name) !== undefined;
  }

  /** Name of the Configuration. */
  public readonly name: string;
  /** Ratio of traces that are sampled, 0 to 1. */
  public readonly traceSampling: number;
  /** The generated object. */
  public readonly configuration: Configuration;

  public constructor(scope: Construct, id: string, props: DaprConfigurationProps = {}) {
    super(scope, id);
    assignLayer(this, Layer.COMPONENTS);
    requireProps<DaprConfigurationProps>(this, props, {
      name: optional(text),
      traceSampling: optional(number()),
    });
    const { environment, registers } = EventPlatform.of(this);
    this.name = requireDnsLabel(this, 'name', props.name ?? id);
    registers.enter(CONFIGURATIONS, this, this.name);
    const sampling = props.traceSampling ?? environment.traceSampling;
    if (!(sampling >= 0 && sampling <= 1)) {
      throw new DeclarationError(
        this,
        ...coded('EP1001', `traceSampling ${sampling} is not a ratio: use 0 to 1, e.g. 0.1`),
      );
    }
    this.traceSampling = sampling;
    this.configuration = new Configuration(this, 'configuration', {
      metadata: { name: this.name, labels: commonLabels(this.name, 'dapr') },
      spec: {
        tracing: { samplingRate: String(sampling), ...exporter(environment.traces) },
        metrics: {
          enabled: true,
          http: { increasedCardinality: false, pathMatching: [...COUNTED_PATHS] },
        },
        logging: { apiLogging: { enabled: false } },
        accessControl: { defaultAction: 'deny', trustDomain: 'public' },
        // See SidecarViews.
        features: [{ name: 'HotReload', enabled: false }],
      },
    });
  }
}
