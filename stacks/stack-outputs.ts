import type * as pulumi from '@pulumi/pulumi';

/** What a stack tells about itself. */
export type StackOutputs = Readonly<Record<string, pulumi.Input<unknown>>>;
