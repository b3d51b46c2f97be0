import {
  Environment,
  type EventPlatform,
  Jaeger,
  KafkaCluster,
  type KafkaClusterProps,
  KafkaUi,
} from '../../constructs/index.ts';
import type { LocalEnvironmentOptions } from '../system.ts';
import { taskPlatform } from './task-platform.ts';

/** Options of {@link localPlatform}. */
export interface LocalPlatformOptions {
  /** What is other than in `Environment.local()`; traces go to the platform's own page. */
  readonly environment?: LocalEnvironmentOptions;
  /** Properties of Kafka. */
  readonly kafka?: KafkaClusterProps;
}

/** The task platform for one machine, with pages that show traces and what is in Kafka. */
export function localPlatform({ environment, kafka }: LocalPlatformOptions = {}): EventPlatform {
  const traces = Jaeger.endpoint();
  const platform = taskPlatform(Environment.local({ ...environment, traces }), {
    broker: (scope) => {
      const broker = new KafkaCluster(scope, 'kafka', kafka);
      // No pod may connect: who forwards the port has all rights in the cluster anyway.
      new KafkaUi(scope, 'kafka-ui', { broker, authentication: false });
      return broker;
    },
  });
  new Jaeger(platform, 'jaeger');
  return platform;
}
