// What tests of other teams use. The other files of this folder are for the tests of this repository.
export { manifestProblems, type ManifestProblemsOptions } from './manifest-problems.ts';
export { type AnyManifest, Manifests } from './manifests.ts';
