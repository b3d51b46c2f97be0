// AWS takes no part: versions change here as the engine would see them after a refresh.
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it, vi } from 'vitest';
import { ANSWERS, REGION, MAIL_SETTINGS } from '../testing/answers.ts';
import { record, type RecordedResource, type Recording } from '../testing/recording.ts';
import { program } from './index.ts';
import { keptVersions, noteOtherVersion, UPGRADABLE } from './upgrades.ts';

/** What AWS may have changed by itself, by type: the input, and a newer version. */
const CHANGED: readonly (readonly [part: string, type: string, input: string, value: string])[] = [
  ['kubernetes', 'aws:eks/cluster:Cluster', 'version', '1.99'],
  ['kubernetes', 'aws:eks/nodeGroup:NodeGroup', 'version', '1.99'],
  ['kafka', 'aws:msk/cluster:Cluster', 'kafkaVersion', '4.9.x.kraft'],
  ['postgres', 'aws:rds/instance:Instance', 'engineVersion', '99.1'],
  ['postgres', 'aws:rds/instance:Instance', 'parameterGroupName', 'default.postgres99'],
  ['valkey', 'aws:elasticache/replicationGroup:ReplicationGroup', 'engineVersion', '9.9'],
];

const deploy = (upgrade?: string) =>
  record(program, {
    ...ANSWERS,
    stack: 'aws-msk-dev',
    config: {
      target: 'aws-msk',
      size: 'dev',
      region: REGION,
      imageTag: '1.2.3',
      ...MAIL_SETTINGS,
      privateApi: 'true',
      // One of them has a cache.
      systems: 'tasks,todo',
      ...(upgrade !== undefined && { upgrade }),
    },
  });

/** What the engine compares: inputs of the program, with those of the state where changes are ignored. */
function planned(resource: RecordedResource, state: Readonly<Record<string, unknown>>) {
  const kept = Object.entries(state).filter(([input]) => resource.ignoreChanges.includes(input));
  return { ...resource.inputs, ...Object.fromEntries(kept) };
}

/** Types and inputs that an update would change when AWS has changed them before. */
function changes(recording: Recording<unknown>): string[] {
  return CHANGED.flatMap(([, type, input, value]) =>
    recording
      .ofType(type)
      .filter((resource) => {
        const state = { ...resource.inputs, [input]: value };
        return JSON.stringify(planned(resource, state)) !== JSON.stringify(state);
      })
      .map(() => `${type} ${input}`),
  );
}

describe('an update after AWS has upgraded by itself', () => {
  let made: ReturnType<typeof deploy> | undefined;
  const plain = () => (made ??= deploy());

  it('changes nothing', async () => {
    expect(changes(await plain())).toEqual([]);
  });

  it.each(UPGRADABLE)('changes %s when it is asked to, and nothing else', async (part) => {
    const expected = CHANGED.filter(([of]) => of === part).map(
      ([, type, input]) => `${type} ${input}`,
    );
    expect([...new Set(changes(await deploy(part)))]).toEqual(expected);
  });

  it('leaves subnets where they are when AWS adds a zone', async () => {
    for (const { ignoreChanges } of (await plain()).ofType('aws:ec2/subnet:Subnet')) {
      expect(ignoreChanges).toEqual(['availabilityZone']);
    }
  });

  it('still asks for versions when something is made', async () => {
    const recording = await plain();
    for (const [, type, input] of CHANGED) {
      expect(recording.ofType(type)[0]!.inputs[input]).toEqual(expect.any(String));
    }
  });

  it('asks for no version of what has a default that AWS keeps up', async () => {
    const recording = await plain();
    for (const { inputs } of recording.ofType('aws:eks/addon:Addon')) {
      expect(inputs).not.toHaveProperty('addonVersion');
    }
    for (const { inputs } of recording.ofType('aws:eks/nodeGroup:NodeGroup')) {
      expect(inputs).not.toHaveProperty('releaseVersion');
    }
  });

  it('names all parts that there are not', async () => {
    await expect(deploy('kafka,eks,redis')).rejects.toThrow(
      "'upgrade' (parts that get the version of this program) has 'eks', 'redis': use kubernetes, kafka, postgres, valkey, with commas between",
    );
  });
});

describe('noteOtherVersion', () => {
  const noted = async (version: string | undefined) => {
    const warn = vi.spyOn(pulumi.log, 'warn').mockResolvedValue();
    try {
      await record(() => {
        const resource = new pulumi.ComponentResource('test:index:Thing', 'it');
        noteOtherVersion('valkey', '8.0', pulumi.output(version), resource);
      });
      return warn.mock.calls.map(([message]) => message);
    } finally {
      warn.mockRestore();
    }
  };

  it.each(['8.0', '8.0.4', undefined])(
    'says nothing of %s when 8.0 is asked for',
    async (found) => {
      expect(await noted(found)).toEqual([]);
    },
  );

  it.each(['8.1', '8.01', '9.0'])('says that the version is %s instead of 8.0', async (found) => {
    expect(await noted(found)).toEqual([
      expect.stringContaining(`valkey has version ${found}, and this program is made for 8.0`),
    ]);
  });
});

describe('keptVersions', () => {
  it('keeps inputs of a part that is not upgraded', () => {
    expect(keptVersions('kafka', ['valkey'], ['kafkaVersion'])).toEqual(['kafkaVersion']);
    expect(keptVersions('kafka', undefined, ['kafkaVersion'])).toEqual(['kafkaVersion']);
    expect(keptVersions('kafka', ['kafka'], ['kafkaVersion'])).toEqual([]);
  });
});
