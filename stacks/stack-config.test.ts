import { describe, expect, it } from 'vitest';
import {
  choice,
  choices,
  flag,
  list,
  optionalText,
  readConfig,
  text,
  wholeNumber,
} from './stack-config.ts';
import { record } from './testing/recording.ts';

const SETTINGS = {
  region: text('where everything is', {
    example: 'eu-central-1',
    pattern: /^[a-z]{2}-[a-z]+-\d$/,
  }),
  size: choice('how large', ['dev', 'staging', 'production'], 'dev'),
  nodes: wholeNumber('how many', { least: 1, most: 5, fallback: 2 }),
  protect: flag('whether data is protected', true),
  context: optionalText('which cluster', { example: 'kind-kind' }),
  parts: choices('what is upgraded', ['kafka', 'postgres']),
  ranges: list('who may connect', { example: '10.0.0.0/8', pattern: /^[\d.]+\/\d+$/ }),
};

async function read(config: Record<string, string>) {
  const { result } = await record(() => readConfig(SETTINGS), { config, stack: 'blue' });
  return result;
}

describe('readConfig', () => {
  it('takes defaults for what is not set', async () => {
    expect(await read({ region: 'eu-central-1' })).toEqual({
      region: 'eu-central-1',
      size: 'dev',
      nodes: 2,
      protect: true,
      context: undefined,
      parts: [],
      ranges: [],
    });
  });

  it('gives values their types', async () => {
    const config = {
      region: 'us-east-1',
      size: 'production',
      nodes: '5',
      protect: 'false',
      context: 'kind-kind',
      parts: 'postgres, kafka,kafka',
      ranges: '10.0.0.0/8, 192.168.0.0/16',
    };
    expect(await read(config)).toEqual({
      ...config,
      nodes: 5,
      protect: false,
      parts: ['kafka', 'postgres'],
      ranges: ['10.0.0.0/8', '192.168.0.0/16'],
    });
  });

  it('names what is missing, with the command that sets it', async () => {
    await expect(read({})).rejects.toThrow(
      "the configuration of stack 'blue' is not valid [EP7001]:\n- 'region' (where everything is) is not set; set it with: pulumi config set -s blue region eu-central-1",
    );
  });

  it.each([
    ['region', 'Frankfurt', "'region' (where everything is) is 'Frankfurt', which is not like"],
    ['size', 'huge', "'size' (how large) is 'huge': use dev or staging or production"],
    ['nodes', '6', "'nodes' (how many) is '6': use a whole number from 1 to 5"],
    ['nodes', 'two', "'nodes' (how many) is 'two': use a whole number from 1 to 5"],
    ['protect', 'yes', "'protect' (whether data is protected) is 'yes': use true or false"],
    [
      'parts',
      'kafka,eks,',
      "'parts' (what is upgraded) has 'eks', '': use kafka, postgres, with commas between",
    ],
    ['ranges', '10.0.0.0/8,', "'ranges' (who may connect) is '', which is not like '10.0.0.0/8'"],
    ['context', ' ', "'context' (which cluster) is ' ', which is not like 'kind-kind'"],
  ])('refuses %s = %s', async (key, value, message) => {
    await expect(read({ region: 'eu-central-1', [key]: value })).rejects.toThrow(message);
  });

  it('refuses keys that nothing reads, and guesses what was meant', async () => {
    const config = { region: 'eu-central-1', nodse: '3', colour: 'red' };
    await expect(read(config)).rejects.toThrow(
      "- 'nodse' is not a setting of this stack: did you mean 'nodes'?\n" +
        "- 'colour' is not a setting of this stack: use region, size, nodes, protect, context, parts, ranges",
    );
  });

  it('reports every mistake at once', async () => {
    await expect(read({ size: 'huge', nodes: '0' })).rejects.toThrow(
      /'region'.*\n.*'size'.*\n.*'nodes'/,
    );
  });

  it('asks whether values go together when each is right alone', async () => {
    const contradiction = () =>
      readConfig(SETTINGS, ({ size, protect }) =>
        size === 'production' && !protect ? ['production has to be protected'] : [],
      );
    const config = { region: 'eu-central-1', size: 'production', protect: 'false' };
    await expect(record(contradiction, { config })).rejects.toThrow(
      '- production has to be protected',
    );
    await expect(
      record(contradiction, { config: { ...config, size: 'dev' } }),
    ).resolves.toBeTruthy();
  });
});
