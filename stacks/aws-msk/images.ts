import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { getAuthorizationTokenOutput } from '@pulumi/aws/ecr/getAuthorizationToken.js';
import { LifecyclePolicy } from '@pulumi/aws/ecr/lifecyclePolicy.js';
import { Repository } from '@pulumi/aws/ecr/repository.js';
import { Image } from '@pulumi/docker-build/image.js';
import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import type { AwsSize } from './sizes.ts';

/** Images of each name that are kept, the newest: enough to go back some releases. */
const KEPT = 20;

/** What {@link Images} is made from. */
export interface ImagesArgs {
  readonly size: AwsSize;
  /** Folders below `app-images/` with a program, by the name of the image. */
  readonly images: Readonly<Record<string, string>>;
  /** Tag of what is built, which has to be a new one for new content: a version, or a commit. */
  readonly tag: string;
  /** The repository's root, which images are built from. */
  readonly root: string;
}

/** Images built from `app-images/` and kept in Amazon ECR, where a tag never changes its content. */
export class Images extends pulumi.ComponentResource {
  /** `<repository>:<tag>@sha256:…`, by name of the image. */
  public readonly refs: ReadonlyMap<string, pulumi.Output<string>>;
  /** `sha256:…`, by name of the image. */
  public readonly digests: ReadonlyMap<string, pulumi.Output<string>>;
  /** Addresses of the repositories, by name of the image. */
  public readonly repositories: ReadonlyMap<string, pulumi.Output<string>>;

  public constructor(name: string, args: ImagesArgs, options?: pulumi.ComponentResourceOptions) {
    super('event-platform:aws:Images', name, {}, options);
    const folder = join(args.root, 'app-images');
    const missing = Object.values(args.images).filter(
      (image) => !existsSync(join(folder, image, 'main.ts')),
    );
    if (missing.length > 0) {
      throw new pulumi.RunError(
        withCode(
          'EP7002',
          `no program for '${missing.join("', '")}' below '${folder}': give the repository's root, and folders of its images`,
        ),
      );
    }
    if (!/^\w[\w.-]{0,127}$/.test(args.tag) || args.tag === 'latest') {
      throw new pulumi.RunError(
        withCode(
          'EP7002',
          `'${args.tag}' is no tag that stays with one content: use a version or a commit, such as '1.4.0'`,
        ),
      );
    }
    const built = Object.entries(args.images).map(
      ([image, path]) => [image, this.#build(`${name}/${image}`, image, path, args)] as const,
    );
    this.refs = new Map(built.map(([image, { ref }]) => [image, ref]));
    this.digests = new Map(built.map(([image, { digest }]) => [image, digest]));
    this.repositories = new Map(built.map(([image, { url }]) => [image, url]));
    this.registerOutputs({ refs: Object.fromEntries(this.refs) });
  }

  #build(name: string, image: string, path: string, { size, root, tag }: ImagesArgs) {
    const child = { parent: this };
    const repository = new Repository(
      image,
      {
        name,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        // Images hold no secret, so the key of AWS will do.
        encryptionConfigurations: [{ encryptionType: 'AES256' }],
        forceDelete: !size.protectData,
      },
      child,
    );
    new LifecyclePolicy(
      image,
      {
        repository: repository.name,
        policy: {
          rules: [
            {
              rulePriority: 1,
              description: `Keep the last ${KEPT}`,
              selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: KEPT },
              action: { type: 'expire' },
            },
          ],
        },
      },
      child,
    );
    const login = getAuthorizationTokenOutput({ registryId: repository.registryId }, child);
    const { ref, digest } = new Image(
      image,
      {
        context: { location: root },
        dockerfile: { location: join(root, 'app-images', 'Dockerfile') },
        buildArgs: { APP: path },
        // What nodes run on.
        platforms: ['linux/amd64'],
        tags: [pulumi.interpolate`${repository.repositoryUrl}:${tag}`],
        push: true,
        registries: [
          {
            address: repository.repositoryUrl,
            username: login.userName,
            password: pulumi.secret(login.password),
          },
        ],
      },
      child,
    );
    return { ref, digest, url: repository.repositoryUrl };
  }
}
