import { crds } from './crds.ts';
import { ensureTool, type Tool } from './cache.ts';
import { coredns } from './coredns.ts';
import { daprControlPlane } from './dapr-control-plane.ts';
import { dapr, daprBefore } from './dapr.ts';
import { helm } from './helm.ts';
import { nodeImage, partsImage } from './images.ts';
import { kafka, kafkaBefore } from './kafka.ts';
import { jaeger } from './jaeger.ts';
import { keda } from './keda.ts';
import { kubeStateMetrics } from './kube-state-metrics.ts';
import { kubernetes, kubernetesControllers, kubernetesNode } from './kubernetes.ts';
import { kwok } from './kwok.ts';
import { mailpit } from './mailpit.ts';
import { nats, natsBefore } from './nats.ts';
import { pause } from './pause.ts';
import { policyJudge } from './policy-judge.ts';
import { pulumiKubernetes } from './pulumi-kubernetes.ts';
import { pulumi } from './pulumi.ts';
import { redisExporter } from './redis-exporter.ts';
import { versitygw } from './versitygw.ts';

const TOOLS = {
  kafka,
  dapr,
  crds,
  kubernetes,
  nats,
  'redis-exporter': redisExporter,
  pulumi,
  'pulumi-kubernetes': pulumiKubernetes,
  'kubernetes-controllers': kubernetesControllers,
  kwok,
  'kubernetes-node': kubernetesNode,
  'dapr-control-plane': daprControlPlane,
  helm,
  keda,
  coredns,
  'kube-state-metrics': kubeStateMetrics,
  mailpit,
  jaeger,
  versitygw,
  pause,
  'policy-judge': policyJudge,
  'node-image': nodeImage,
  'parts-image': partsImage,
  'kafka-before': kafkaBefore,
  'nats-before': natsBefore,
  'dapr-before': daprBefore,
} as const satisfies Record<string, Tool>;

/** What can be built. */
export type ToolName = keyof typeof TOOLS;

/** Names of everything that can be built. */
export const TOOL_NAMES = Object.keys(TOOLS) as ToolName[];

/** Builds the missing tools. Returns the folder of each. */
export function ensureTools<Name extends ToolName>(names: readonly Name[]): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, ensureTool(TOOLS[name])])) as Record<
    Name,
    string
  >;
}
