import { Size, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import {
  coded,
  number,
  optional,
  type Shape,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels, requireDnsLabel, selectorLabels } from '../core/names.ts';
import { reportAll, requireProps } from '../core/problems.ts';
import { resources } from '../core/quantities.ts';
import { TraceEndpoint } from '../platform/trace-endpoint.ts';
import { WorkloadNetworkPolicy } from '../security/network-policies.ts';
import { restrictedPod } from '../security/pod-security.ts';
import { DEFAULT_IMAGES } from '../core/versions.ts';
import { servicePorts, containerPorts, singlePod } from '../core/workloads.ts';

/** Properties of {@link Jaeger}. */
export interface JaegerProps {
  /** Name of Deployment, Service and ConfigMap. @default - the id */
  readonly name?: string;
  /** Image of the program, version 2. @default - `DEFAULT_IMAGES.jaeger` */
  readonly image?: string;
  /** Number of traces that are kept, the newest. @default 5000 */
  readonly maxTraces?: number;
}

const SHAPE: Shape<JaegerProps> = {
  name: optional(text),
  image: optional(text),
  maxTraces: optional(number()),
};

/** Ports of a {@link Jaeger}. */
export const JAEGER_PORTS = { otlp: 4318, http: 16_686, health: 13_133 } as const;

/** User id of the image. */
const USER = 10_001;
const CONFIG_FOLDER = '/etc/jaeger';

/** @see https://www.jaegertracing.io/docs/latest/deployment/configuration/ */
function config(maxTraces: number): string {
  const on = (port: number) => ({ endpoint: `:${port}` });
  return Yaml.stringify({
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      pipelines: {
        traces: {
          receivers: ['otlp'],
          processors: ['batch'],
          exporters: ['jaeger_storage_exporter'],
        },
      },
      // It serves its own metrics to nobody.
      telemetry: { metrics: { level: 'none' } },
    },
    extensions: {
      healthcheckv2: { use_v2: true, http: on(JAEGER_PORTS.health) },
      jaeger_query: { storage: { traces: 'memory' }, http: on(JAEGER_PORTS.http) },
      jaeger_storage: { backends: { memory: { memory: { max_traces: maxTraces } } } },
    },
    receivers: { otlp: { protocols: { http: on(JAEGER_PORTS.otlp) } } },
    processors: { batch: {} },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  });
}

/**
 * A web page that shows traces, for environments in which nobody else collects them:
 * [Jaeger](https://www.jaegertracing.io). It keeps the newest traces in memory. The environment has to
 * send them to it. Refused in production.
 *
 * No pod may connect to the page; `kubectl port-forward service/jaeger 16686` does.
 *
 * @example
 * const environment = Environment.local({ traces: Jaeger.endpoint() });
 * const platform = new EventPlatform(app, 'shop', { environment });
 * new Jaeger(platform, 'jaeger');
 *
 * @throws DeclarationError in production, and when the environment sends its traces elsewhere.
 */
export class Jaeger extends Construct {
  /** Where a Jaeger of this name takes traces, for `traces` of an environment. */
  public static endpoint(name = 'jaeger'): TraceEndpoint {
    return TraceEndpoint.otlp(`http://${name}:${JAEGER_PORTS.otlp}`);
  }

  /** Name of Deployment, Service and ConfigMap. */
  public readonly name: string;
  /** The generated Deployment. */
  public readonly deployment: k8s.KubeDeployment;
  /** The generated Service. */
  public readonly service: k8s.KubeService;
  /** The generated ConfigMap. */
  public readonly config: k8s.KubeConfigMap;
  /** Who may connect. */
  public readonly network: WorkloadNetworkPolicy;

  public constructor(scope: Construct, id: string, props: JaegerProps = {}) {
    super(scope, id);
    assignLayer(this, Layer.BROKER_AND_STATE);
    requireProps(this, props, SHAPE);
    this.name = requireDnsLabel(this, 'name', props.name ?? id, 40);
    const { name } = this;
    const { image = DEFAULT_IMAGES.jaeger, maxTraces = 5_000 } = props;
    const { environment } = EventPlatform.of(this);
    const { url } = Jaeger.endpoint(name);
    reportAll(this, [
      ...coded(
        'EP5005',
        environment.production &&
          'Jaeger keeps traces in memory and asks nobody who they are: in production, send traces to a backend that keeps them (TraceEndpoint.otlp)',
      ),
      ...coded(
        'EP1004',
        !environment.production &&
          environment.traces?.url !== url &&
          `environment '${environment.name}' sends traces to ${environment.traces === undefined ? 'nobody' : `'${environment.traces.url}'`}: give it traces: Jaeger.endpoint('${name}')`,
      ),
      ...coded(
        'EP1001',
        !(Number.isInteger(maxTraces) && maxTraces >= 1) &&
          `maxTraces (${maxTraces}) is not a number of traces: use a whole number of at least 1, e.g. 5000`,
      ),
    ]);

    const labels = commonLabels(name, 'jaeger');
    this.config = new k8s.KubeConfigMap(this, 'config', {
      metadata: { name, labels },
      data: { 'config.yaml': config(maxTraces) },
    });
    const health = { httpGet: { path: '/status', port: k8s.IntOrString.fromString('health') } };
    this.deployment = new k8s.KubeDeployment(
      this,
      'deployment',
      singlePod({
        name,
        component: 'jaeger',
        pod: restrictedPod(USER, {
          containers: [
            {
              name: 'jaeger',
              image,
              command: ['/cmd/jaeger/jaeger-linux'],
              args: [`--config=${CONFIG_FOLDER}/config.yaml`],
              // Below the limit of the container: the runtime collects garbage before it is ended.
              env: [{ name: 'GOMEMLIMIT', value: '400MiB' }],
              ports: containerPorts(JAEGER_PORTS),
              readinessProbe: { ...health, periodSeconds: 5 },
              livenessProbe: { ...health, periodSeconds: 20, timeoutSeconds: 5 },
              resources: resources({
                cpuRequest: '10m',
                memoryRequest: Size.mebibytes(64),
                memoryLimit: Size.mebibytes(512),
              }),
              volumeMounts: [{ name: 'config', mountPath: CONFIG_FOLDER, readOnly: true }],
            },
          ],
          volumes: [{ name: 'config', configMap: { name: this.config.name } }],
        }),
      }),
    );
    this.service = new k8s.KubeService(this, 'service', {
      metadata: { name, labels },
      spec: {
        selector: selectorLabels(name),
        ports: servicePorts({ otlp: JAEGER_PORTS.otlp, http: JAEGER_PORTS.http }),
      },
    });
    this.network = new WorkloadNetworkPolicy(this, 'network', {
      name,
      workload: name,
      // Every pod of the namespace may send traces.
      ingress: [{ peer: { podSelector: {} }, ports: [JAEGER_PORTS.otlp] }],
    });
  }
}
