import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { flag, mapOf, optional, type Shape, text } from '@cdk8s-event-platform/contracts/internal';
import { qualifiedNameProblem, subdomainProblem } from '../core/kubernetes-syntax.ts';

/**
 * The ServiceAccount that pods run as.
 *
 * @example
 * // Another team makes it, with a role of AWS.
 * new EventApp(platform, 'orders', { manifest, pubSub, serviceAccount: { name: 'orders-s3', create: false } });
 */
export interface ServiceAccountOptions {
  /** Its name. @default - the app id */
  readonly name?: string;
  /** Whether it is rendered. `false` for one that the namespace has. @default true */
  readonly create?: boolean;
  /** Annotations of one that is rendered, e.g. `eks.amazonaws.com/role-arn`. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The ServiceAccount of pods that have none of their own. */
export interface DefaultServiceAccount extends ServiceAccountOptions {
  readonly name: string;
}

/** What each option must be. @internal */
export const SERVICE_ACCOUNT: Shape<ServiceAccountOptions> = {
  name: optional(text),
  create: optional(flag),
  annotations: optional(mapOf(text)),
};

/** The same where nothing else says the name. @internal */
export const DEFAULT_SERVICE_ACCOUNT: Shape<DefaultServiceAccount> = {
  ...SERVICE_ACCOUNT,
  name: text,
};

/** Every value that Kubernetes would reject or ignore. @internal */
export function serviceAccountProblems(
  what: string,
  { name, create = true, annotations = {} }: ServiceAccountOptions = {},
): string[] {
  const nameProblem = name === undefined ? undefined : subdomainProblem(name);
  const keys = Object.keys(annotations);
  return [
    ...(nameProblem === undefined ? [] : [`${what}.name '${name}' ${nameProblem}`]),
    ...(create && name === 'default'
      ? [
          `${what}.name 'default' is the ServiceAccount that every namespace has: set create to false, or use another name`,
        ]
      : []),
    ...(!create && keys.length > 0
      ? [
          `${what}.annotations (${keys.join(', ')}) are of a ServiceAccount that is not rendered (create: false): annotate it where it is created, or leave out create`,
        ]
      : []),
    ...keys.flatMap((key) => {
      const problem = qualifiedNameProblem(key.toLowerCase());
      return problem === undefined ? [] : [`${what}.annotations '${key}' ${problem}`];
    }),
  ];
}

/** Renders a ServiceAccount, whose token no pod gets; undefined for one that exists. @internal */
export function renderServiceAccount(
  scope: Construct,
  id: string,
  { name, create = true, annotations }: DefaultServiceAccount,
  labels: Readonly<Record<string, string>>,
): k8s.KubeServiceAccount | undefined {
  return create
    ? new k8s.KubeServiceAccount(scope, id, {
        metadata: { name, labels, ...(annotations && { annotations }) },
        automountServiceAccountToken: false,
      })
    : undefined;
}
