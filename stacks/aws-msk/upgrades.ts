import * as pulumi from '@pulumi/pulumi';

/** Parts whose version AWS changes by itself, and the input that asks for one. */
export const UPGRADABLE = ['kubernetes', 'kafka', 'postgres', 'valkey'] as const;

/** A part whose version AWS changes by itself. */
export type UpgradablePart = (typeof UPGRADABLE)[number];

/** What is upgraded by this update. Everything else keeps the version that it has. */
export type Upgrade = readonly UpgradablePart[];

/**
 * Inputs that are left as AWS has them unless an upgrade of the part is asked for. AWS upgrades by
 * itself: EKS and MSK at the end of support, RDS and ElastiCache in their maintenance windows. A
 * program that still asks for the version of before would then ask for a downgrade. Of MSK and
 * ElastiCache that means a new and empty cluster.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/kafka/cluster.go
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/elasticache/engine_version.go
 */
export function keptVersions(
  part: UpgradablePart,
  upgrade: Upgrade | undefined,
  inputs: readonly string[],
): string[] {
  return upgrade?.includes(part) === true ? [] : [...inputs];
}

/** Whether a version is of the line that is asked for: 18.4 of 18, 8.0.1 of 8.0. */
function isOf(version: string, asked: string): boolean {
  return version === asked || version.startsWith(`${asked}.`);
}

/** Says so when a part has another version than the one that this program is made for. */
export function noteOtherVersion(
  part: UpgradablePart,
  asked: string,
  version: pulumi.Output<string | undefined>,
  resource: pulumi.Resource,
): void {
  version.apply((found) => {
    if (found !== undefined && !isOf(found, asked)) {
      void pulumi.log.warn(
        `${part} has version ${found}, and this program is made for ${asked}: if ${asked} is the newer one, upgrade with: pulumi config set upgrade ${part}; otherwise use a newer release of the program`,
        resource,
      );
    }
  });
}
