// AWS takes no part: this shows that what the stacks ask for keeps all rules.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program as awsMsk } from '../aws-msk/index.ts';
import { AWS_SIZES } from '../aws-msk/sizes.ts';
import { program as local } from '../local/index.ts';
import { ANSWERS, MAIL_SETTINGS, REGION } from '../testing/answers.ts';
import { record, type RecordedResource, type Recording } from '../testing/recording.ts';
import { UNTAGGABLE } from './aws.ts';
import { findings } from './index.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A resource as the provider hands it on: with the tags that the provider adds. */
function asChecked({ resources }: Recording<unknown>, resource: RecordedResource) {
  const provider = resources.find(
    ({ urn }) => urn === resource.provider.split('::').slice(0, -1).join('::'),
  );
  const given = provider?.inputs.defaultTags;
  const added = typeof given === 'string' ? (JSON.parse(given) as { tags: object }).tags : {};
  const tags = { ...added, ...(resource.inputs.tags as object | undefined) };
  return { ...resource, props: { ...resource.inputs, tags } };
}

/** What the rules say of everything that a program asks for. */
function findingsOf(recording: Recording<unknown>): string[] {
  return findings(
    recording.resources
      .filter(({ custom }) => custom)
      .map((resource) => asChecked(recording, resource)),
  );
}

describe.each(Object.keys(AWS_SIZES))('the stack on AWS with both systems, of size %s', (size) => {
  it('keeps all rules', async () => {
    const config = {
      ...MAIL_SETTINGS,
      target: 'aws-msk',
      size,
      region: REGION,
      imageTag: '1.0.0',
      privateApi: 'true',
      systems: 'tasks,todo',
    };
    const recording = await record(awsMsk, { config, stack: 'blue', ...ANSWERS });
    expect(recording.resources.length).toBeGreaterThan(600);
    expect(findingsOf(recording)).toEqual([]);

    // The list of what has no tags is what the SDK says.
    for (const { type } of recording.resources) {
      const [, module] = type.split(':') as [string, string];
      const path = join(ROOT, 'node_modules/@pulumi/aws', `${module}.js`);
      if (type.startsWith('aws:') && existsSync(path)) {
        const taggable = readFileSync(path, 'utf8').includes('resourceInputs["tags"] = args');
        expect([type, UNTAGGABLE.has(type)]).toEqual([type, !taggable]);
      }
    }
  });
});

describe('the local stack with both systems', () => {
  it('keeps all rules', async () => {
    const config = { target: 'local', systems: 'tasks,todo' };
    const recording = await record(local, { config, stack: 'local', ...ANSWERS });
    expect(recording.resources.length).toBeGreaterThan(350);
    expect(findingsOf(recording)).toEqual([]);
  });
});
