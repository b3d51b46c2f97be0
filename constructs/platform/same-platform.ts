import type { IConstruct } from 'constructs';
import { EventPlatform } from './event-platform.ts';

/** Why a construct cannot use another, which is of another platform; undefined when it can. */
export function otherPlatformProblem(
  scope: IConstruct,
  what: string,
  used: IConstruct | undefined,
): string | undefined {
  if (used === undefined) {
    return undefined;
  }
  const [own, other] = [EventPlatform.of(scope), EventPlatform.of(used)];
  return own === other
    ? undefined
    : `${what} '${used.node.path}' is of platform '${other.node.path}', and Secrets, names and network policies of its namespace do not hold in that of '${own.node.path}': use one that is declared below '${own.node.path}'`;
}
