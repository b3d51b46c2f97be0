import { Construct, type IConstruct } from 'constructs';
import { DeclarationError } from '../core/errors.ts';
import { EventPlatform } from '../core/event-platform.ts';
import { assignLayer, Layer } from '../core/layers.ts';
import { commonLabels, requireDnsLabel } from '../core/names.ts';
import { Configuration } from '../imports/dapr.io.ts';

/** Properties of {@link DaprConfiguration}. */
export interface DaprConfigurationProps {
  /** Name of the Configuration, which sidecars are started with. @default - the id */
  readonly name?: string;
  /** Share of traces that is sampled, 0 to 1. @default - the environment's */
  readonly traceSampling?: number;
}

/**
 * How sidecars trace, count and log. Service invocation is refused: apps of this platform talk by
 * events only.
 *
 * @see https://docs.dapr.io/reference/resource-specs/configuration-schema/
 */
export class DaprConfiguration extends Construct {
  /** Whether the platform of a construct has a Configuration of this name. */
  public static exists(scope: IConstruct, name: string): boolean {
    return EventPlatform.of(scope)
      .node.findAll()
      .some((construct) => construct instanceof DaprConfiguration && construct.name === name);
  }

  /** Name of the Configuration. */
  public readonly name: string;
  /** The generated object. */
  public readonly configuration: Configuration;

  public constructor(scope: Construct, id: string, props: DaprConfigurationProps = {}) {
    super(scope, id);
    assignLayer(this, Layer.COMPONENTS);
    const { environment } = EventPlatform.of(this);
    this.name = requireDnsLabel(this, 'name', props.name ?? id);
    const sampling = props.traceSampling ?? environment.traceSampling;
    if (!(sampling >= 0 && sampling <= 1)) {
      throw new DeclarationError(
        this,
        `traceSampling ${sampling} is not a share: use 0 to 1, e.g. 0.1`,
      );
    }
    this.configuration = new Configuration(this, 'configuration', {
      metadata: { name: this.name, labels: commonLabels(this.name, 'dapr') },
      spec: {
        tracing: {
          samplingRate: String(sampling),
          ...(environment.zipkinEndpoint !== undefined && {
            zipkin: { endpointAddress: environment.zipkinEndpoint },
          }),
        },
        metrics: { enabled: true, http: { increasedCardinality: false } },
        logging: { apiLogging: { enabled: false } },
        accessControl: { defaultAction: 'deny', trustDomain: 'public' },
      },
    });
  }
}
