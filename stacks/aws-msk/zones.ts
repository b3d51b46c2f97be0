import { getAvailabilityZones } from '@pulumi/aws/getAvailabilityZones.js';
import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';

/** Zones that everything is spread over: three copies of each event are in three zones. */
export const ZONE_COUNT = 3;

/**
 * The first three zones of a region, by name; whether one has trouble just now changes nothing.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
 *
 * @throws RunError when there are fewer.
 */
export async function availabilityZones(options?: pulumi.InvokeOptions): Promise<string[]> {
  const { names } = await getAvailabilityZones(
    {
      // Zones that EKS takes no control plane in.
      excludeZoneIds: ['use1-az3', 'usw1-az2', 'cac1-az3'],
      // Local zones have neither MSK nor RDS, and have to be opted in to.
      filters: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
    },
    options,
  );
  if (names.length < ZONE_COUNT) {
    throw new pulumi.RunError(
      withCode(
        'EP7002',
        `the region has ${names.length} availability zones (${names.join(', ')}), and three copies of each event need three: use another region`,
      ),
    );
  }
  return names.slice(0, ZONE_COUNT);
}
