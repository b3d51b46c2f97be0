import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { PERSONAL_DATA_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { ClaimCheck } from '../sealing/claim-check.ts';
import { Sealing } from '../sealing/sealing.ts';

/** Encrypts personal data in tests with the master key of the environment, or one that everybody knows. */
export function testSealing(manifest: AppManifest, claims?: readonly ClaimCheck[]): Sealing {
  const { key } = PERSONAL_DATA_ENV;
  const env = { [key]: 'a key for tests alone', ...process.env };
  return new Sealing(manifest, { claims, env });
}
