// Neither AWS nor Docker takes part: this shows what is asked for, not what becomes of it.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ANSWERS } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import { Images, type ImagesArgs } from './images.ts';
import { AWS_SIZES } from './sizes.ts';

const ROOT = join(import.meta.dirname, '../..');
const REPOSITORY = 'aws:ecr/repository:Repository';
const made = (args: Partial<ImagesArgs> = {}) =>
  record(
    () =>
      new Images('blue', {
        size: AWS_SIZES.production,
        images: { producer: 'tasks/producer', 'task-processor': 'tasks/task-processor' },
        tag: '1.4.0',
        root: ROOT,
        ...args,
      }),
    ANSWERS,
  );

describe('Images', () => {
  it('keeps each image where tags stay with their content, scanned and encrypted', async () => {
    const { only, ofType } = await made();
    expect(ofType(REPOSITORY).map(({ inputs }) => inputs.name)).toEqual([
      'blue/producer',
      'blue/task-processor',
    ]);
    expect(only(REPOSITORY, 'producer').inputs).toMatchObject({
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: 'AES256' }],
      forceDelete: false,
    });
    expect(only('aws:ecr/lifecyclePolicy:LifecyclePolicy', 'producer').inputs.policy).toMatchObject(
      {
        rules: [
          {
            selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 20 },
            action: { type: 'expire' },
          },
        ],
      },
    );
  });

  it('lets repositories of dev go with what is in them', async () => {
    const { only } = await made({ size: AWS_SIZES.dev, images: { producer: 'tasks/producer' } });
    expect(only(REPOSITORY).inputs.forceDelete).toBe(true);
  });

  it('builds from the root of the repository, for the nodes, and pushes with a secret token', async () => {
    const { only } = await made();
    const image = only('docker-build:index:Image', 'producer');
    const repository = '111122223333.dkr.ecr.eu-central-1.amazonaws.com/blue/producer';
    expect(image.inputs).toMatchObject({
      context: { location: ROOT },
      dockerfile: { location: join(ROOT, 'app-images/Dockerfile') },
      buildArgs: { APP: 'tasks/producer' },
      platforms: ['linux/amd64'],
      push: true,
      tags: [`${repository}:1.4.0`],
      registries: [{ address: repository, username: 'AWS', password: 'token-of-ecr' }],
    });
    expect(image.secrets).toEqual(['registries[0].password']);
  });

  it('gives references by digest', async () => {
    const found = new Map<string, string>();
    await record(() => {
      const { refs } = new Images('blue', {
        size: AWS_SIZES.dev,
        images: { producer: 'tasks/producer' },
        tag: '1.4.0',
        root: ROOT,
      });
      refs.forEach((ref, name) => {
        ref.apply((text) => found.set(name, text));
      });
    }, ANSWERS);
    expect([...found]).toEqual([
      [
        'producer',
        '111122223333.dkr.ecr.eu-central-1.amazonaws.com/blue/producer:1.4.0@sha256:abc',
      ],
    ]);
  });

  it('names images without a program', async () => {
    await expect(
      made({ images: { producer: 'tasks/producer', tea: 'tea', cake: 'tasks/cake' } }),
    ).rejects.toThrow(`no program for 'tea', 'tasks/cake' below '${join(ROOT, 'app-images')}'`);
  });

  it.each(['latest', '', 'a b'])('refuses the tag %j', async (tag) => {
    await expect(made({ tag })).rejects.toThrow(`'${tag}' is no tag that stays with one content`);
  });
});
