import { Lazy } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { TRACE_SAMPLER, TRACING_ENV } from '@cdk8s-event-platform/contracts/interface';
import { EventPlatform } from '../platform/event-platform.ts';
import { DaprConfiguration } from '../dapr/dapr-configuration.ts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';

/** What an app's spans say of where they come from. */
export interface TracedApp {
  readonly appId: string;
  /** Name of the Dapr Configuration that its sidecar starts with. */
  readonly configuration: string;
  readonly pubSub: DaprPubSub;
}

/** OpenTelemetry's names of brokers, where Dapr has another. */
const SYSTEMS: Readonly<Record<string, string>> = { jetstream: 'nats' };

/**
 * Environment variables that have an app trace as its sidecar does: the same endpoint, the same ratio
 * of new traces, the same service. None where the environment exports no traces.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function tracingEnv(scope: IConstruct, app: TracedApp): k8s.EnvVar[] {
  const { environment } = EventPlatform.of(scope);
  const { traces } = environment;
  if (traces === undefined) {
    return [];
  }
  const { type } = app.pubSub.broker.pubSubBinding();
  const component = type.replace(/^pubsub\./, '');
  return [
    { name: TRACING_ENV.exporter, value: traces.protocol },
    {
      name: traces.protocol === 'otlp' ? TRACING_ENV.otlpEndpoint : TRACING_ENV.zipkinEndpoint,
      value: traces.url,
    },
    { name: TRACING_ENV.sampler, value: TRACE_SAMPLER },
    {
      name: TRACING_ENV.samplerArgument,
      // The Configuration may be declared after the app.
      value: Lazy.any({
        produce: () =>
          String(
            DaprConfiguration.find(scope, app.configuration)?.traceSampling ??
              environment.traceSampling,
          ),
      }) as string,
    },
    { name: TRACING_ENV.serviceName, value: app.appId },
    { name: TRACING_ENV.messagingSystem, value: SYSTEMS[component] ?? component },
  ];
}
