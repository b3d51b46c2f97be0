import { join } from 'node:path';
import { Command } from '@pulumi/command/local/command.js';
import { Image } from '@pulumi/docker-build/image.js';
import * as pulumi from '@pulumi/pulumi';
import type { KindCluster } from './kind-cluster.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Loads an image under a name that changes with its content, so that a new image means new pods. */
const LOAD = `
set -eu
id=$(docker image inspect --format '{{.Id}}' "$BUILT")
reference="$IMAGE:$(printf '%s' "$id" | cut -d: -f2 | cut -c1-12)"
docker tag "$BUILT" "$reference"
kind load docker-image --name "$CLUSTER" "$reference" >&2
printf '%s' "$reference"
`;

/** Arguments of {@link KindImages}. */
export interface KindImagesArgs {
  /** Folders below `app-images/`, by the name of the image. */
  readonly images: Readonly<Record<string, string>>;
  /** How kind calls the cluster. */
  readonly clusterName: string;
  /** Must exist first; another one gets the images again. */
  readonly cluster: KindCluster;
}

/** Images built from `app-images/` by Docker, and loaded into the node of a kind cluster. */
export class KindImages extends pulumi.ComponentResource {
  /** The reference of each image in the cluster, by its name. */
  public readonly references: ReadonlyMap<string, pulumi.Output<string>>;

  public constructor(
    name: string,
    args: KindImagesArgs,
    options: pulumi.ComponentResourceOptions = {},
  ) {
    super('event-platform:local:KindImages', name, {}, options);
    this.references = new Map(
      Object.entries(args.images).map(([image, folder]) => {
        const tag = `${image}:${args.clusterName}`;
        const built = new Image(
          image,
          {
            tags: [tag],
            context: { location: ROOT },
            dockerfile: { location: join(ROOT, 'app-images', 'Dockerfile') },
            buildArgs: { APP: folder },
            exports: [{ docker: {} }],
            push: false,
            buildOnPreview: false,
          },
          { parent: this },
        );
        const loaded = new Command(
          `${image}-load`,
          {
            create: LOAD,
            environment: { IMAGE: image, BUILT: tag, CLUSTER: args.clusterName },
            triggers: [built.contextHash, args.cluster.identity],
          },
          { parent: this, dependsOn: [built, args.cluster] },
        );
        return [image, loaded.stdout];
      }),
    );
    this.registerOutputs({});
  }
}
