import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readmeCommands } from './readme-commands.ts';

const README = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');

it('README applies layer by layer, and waits for what the next one needs', () => {
  const values = { environment: 'production', dist: '/tmp/files', secrets: ['--set', 'a.b=c'] };
  expect(readmeCommands(README, values)).toEqual([
    'kubectl apply -f /tmp/files/10-namespace.yaml',
    'npm run --silent secrets -- production --set a.b=c | kubectl create -f -',
    'kubectl apply -f /tmp/files/20-broker-and-state.yaml',
    'kubectl wait job --all --for=condition=complete --namespace=event-driven --timeout=15m',
    'kubectl apply -f /tmp/files/',
    'kubectl wait deployment --all --for=condition=available --namespace=event-driven --timeout=15m',
  ]);
});

it('a README without them is a failure, not an empty list', () => {
  const values = { environment: 'local', dist: 'dist/local', secrets: [] };
  expect(() => readmeCommands('```sh\nnpm ci\n```\n', values)).toThrow('no shell block');
});
