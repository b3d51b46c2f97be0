import { crds } from './crds.ts';
import { ensureTool, type Tool } from './cache.ts';
import { dapr } from './dapr.ts';
import { kafka } from './kafka.ts';
import { kubernetes } from './kubernetes.ts';
import { nats } from './nats.ts';
import { pulumi } from './pulumi.ts';

const TOOLS = { kafka, dapr, crds, kubernetes, nats, pulumi } as const satisfies Record<
  string,
  Tool
>;

/** What can be built. */
export type ToolName = keyof typeof TOOLS;

/** Names of everything that can be built. */
export const TOOL_NAMES = Object.keys(TOOLS) as ToolName[];

/** Builds what is not there, and gives the folder of each. */
export function ensureTools<Name extends ToolName>(names: readonly Name[]): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, ensureTool(TOOLS[name])])) as Record<
    Name,
    string
  >;
}
