import { expect, it } from 'vitest';
import { findVersions, foundProblems, versionsTable } from './cluster-versions.ts';

/** What kubectl answers of a cluster with these images, by container. */
function cluster(gitVersion: string, images: Readonly<Record<string, string>>) {
  const containers = Object.entries(images).map(([name, image]) => ({ name, image }));
  const deployments = { items: [{ spec: { template: { spec: { containers } } } }] };
  return ([verb]: readonly string[]) =>
    Promise.resolve(
      JSON.stringify(verb === 'version' ? { serverVersion: { gitVersion } } : deployments),
    );
}

it('versions are those of the server and of the operators that run', async () => {
  const found = await findVersions(
    cluster('v1.35.4-eks-1234', {
      'dapr-operator': 'ghcr.io/dapr/operator:1.18.3-mariner',
      'keda-operator': 'registry:5000/kedacore/keda:2.21.0@sha256:abc',
      other: 'busybox',
    }),
  );
  expect(found).toEqual({ kubernetes: '1.35.4-eks-1234', dapr: '1.18.3-mariner', keda: '2.21.0' });
  expect(foundProblems(found)).toEqual([]);
  expect(versionsTable(found)).toContain('1.18.3-mariner');
});

it('what is too old, too new, missing or unknown is named, all at once', async () => {
  const found = await findVersions(cluster('v1.30.2', { 'dapr-operator': 'dapr/operator:edge' }));
  expect(foundProblems(found)).toEqual([
    expect.stringMatching(/^keda-operator is not there: install keda \d/),
    expect.stringMatching(/^Kubernetes 1\.30\.2 is older than what is supported/),
    expect.stringMatching(/^Dapr edge is not a version/),
  ]);
  expect(foundProblems({ kubernetes: '1.99', dapr: '1.17.5', keda: '2.20' })).toEqual([
    expect.stringMatching(/^Kubernetes 1\.99 is newer than what was tried/),
  ]);
});
