import packageJson from '../../package.json' with { type: 'json' };
import type { Project } from './project.ts';

const { cdk8s, constructs, 'cdk8s-plus-27': plus } = packageJson.dependencies;

/** Runs some code, and prints the message of its error: one line. */
const SAID = `
function said(name, run) {
  try {
    run();
    console.log(name + ': nothing');
  } catch (error) {
    console.log(name + ': ' + error.message);
  }
}
`;

/** Calls of untyped JavaScript that cannot work. */
const CALLS = `${SAID}
const { App, Chart } = require('cdk8s');
const { DaprConfiguration, Environment, EventPlatform } = require('cdk8s-event-platform');
const environment = Environment.local();
said('chart', () => new DaprConfiguration(new Chart(new App(), 'mine'), 'dapr'));
said('scope', () => new EventPlatform(undefined, 'shop', { environment }));
said('props', () => new EventPlatform(new App(), 'shop', { enviroment: environment }));
said('environment', () => new EventPlatform(new App(), 'shop', { environment: 'local' }));
`;

/** Creates a platform in the App of a copy. */
const copied = (folder: string) => `${SAID}
const { App } = require('./${folder}/node_modules/cdk8s');
const { Environment, EventPlatform } = require('cdk8s-event-platform');
said('copy', () => new EventPlatform(new App(), 'shop', { environment: Environment.local() }));
`;

/** Copies packages into a folder of their own, as two versions of them would be installed. */
const COPIES = `
const { cpSync } = require('node:fs');
cpSync('node_modules/cdk8s', 'other-cdk8s/node_modules/cdk8s', { recursive: true });
for (const name of ['cdk8s', 'constructs'])
  cpSync('node_modules/' + name, 'other-constructs/node_modules/' + name, { recursive: true });
`;

/** Removes a package that is required, and imports ours. */
const MISSING = `${SAID}
require('node:fs').renameSync('node_modules/cdk8s-plus-27', 'node_modules/hidden');
said('peer', () => require('cdk8s-event-platform'));
`;

/** What a project may do wrong: each gets one clear line. */
export const MISTAKES: Project = {
  name: 'mistakes',
  shows: 'second copies, a missing peer, an old Node, other charts, wrong types: one line each',
  type: 'commonjs',
  own: ['cdk8s-event-platform', '@cdk8s-event-platform/contracts'],
  registry: { cdk8s, constructs, 'cdk8s-plus-27': plus, 'old-node': 'npm:node@20' },
  files: {
    'calls.cjs': CALLS,
    'copies.cjs': COPIES,
    'other-cdk8s.cjs': copied('other-cdk8s'),
    'other-constructs.cjs': copied('other-constructs'),
    'missing.cjs': MISSING,
    'old.cjs': `${SAID}said('node', () => require('cdk8s-event-platform'));`,
  },
  commands: [
    {
      run: ['node', 'calls.cjs'],
      output: new RegExp(
        [
          '^chart: mine/dapr: is not part of a platform: create it below `new EventPlatform\\(.*\\)` \\[EP5001\\]',
          "scope: EventPlatform 'shop': scope must be a construct, e\\.g\\. new App\\(\\): .*",
          'props: shop: (?:.*enviroment.*|environment \\(undefined\\) .*)(?:\\n.*)?',
          "environment: shop: environment \\('local'\\) must be an Environment, e\\.g\\. Environment\\.local\\(\\) \\[EP1001\\]\\n$",
        ].join('\\n'),
      ),
    },
    { run: ['node', 'copies.cjs'] },
    {
      run: ['node', 'other-cdk8s.cjs'],
      output:
        /^copy: EventPlatform 'shop': the App is of another copy of cdk8s than .*: have one version of it, see npm ls cdk8s \[EP5001\]\n$/,
    },
    {
      run: ['node', 'other-constructs.cjs'],
      output: /^copy: EventPlatform 'shop': the App is of another copy of constructs than .*\n$/,
    },
    {
      run: ['./node_modules/old-node/bin/node', 'old.cjs'],
      output:
        /^node: cdk8s-event-platform needs Node 22\.15\.0 or newer, and this is 20\.\S+: install a newer Node \[EP1005\]\n$/,
    },
    {
      run: ['node', 'missing.cjs'],
      output:
        /^peer: cdk8s-event-platform needs cdk8s-plus-27 beside it: npm install cdk8s-plus-27 \[EP1005\]\n$/,
    },
  ],
};
