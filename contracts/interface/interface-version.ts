/**
 * Number of what manifests and images know of each other. It grows when an image of the one before could not
 * run by a manifest, or the other way round. Images accept manifests of their own number and of the one
 * before, so that images are released first, and manifests follow.
 */
export const INTERFACE = 3;

/**
 * What is wrong with an image of interface `image` whose manifest was rendered for `manifest`; undefined when
 * the two work together. Without a number, as where the image was started by hand, nothing is compared.
 *
 * @example
 * interfaceProblem('3', 2); // 'the image is older than its manifest: …'
 */
export function interfaceProblem(
  manifest: string | undefined,
  image: number = INTERFACE,
): string | undefined {
  if (manifest === undefined) {
    return undefined;
  }
  if (!/^[1-9]\d{0,8}$/.test(manifest)) {
    return `interface '${manifest}' of the manifest is not a number: render it again`;
  }
  const wanted = Number(manifest);
  if (wanted > image) {
    return `the image is older than its manifest: it knows interface ${image}, and the manifest was rendered for ${wanted}: build the image with the version of @cdk8s-event-platform/runtime that the manifest's cdk8s-event-platform has`;
  }
  if (wanted < image - 1) {
    return `the manifest is older than its image: it was rendered for interface ${wanted}, and the image accepts ${image - 1} and ${image}: render it with the version of cdk8s-event-platform that the image's @cdk8s-event-platform/runtime has`;
  }
  return undefined;
}
