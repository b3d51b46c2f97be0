import { expect, it } from 'vitest';
import { PLATFORMS } from '../../charts/systems.ts';
import { choosePlatform } from '../../cli/choose-platform.ts';
import { guideCommands } from './guide-commands.ts';

it('the guide applies layer by layer, and waits for what the next one needs', () => {
  const values = { environment: 'production', dist: '/tmp/files', secrets: ['--set', 'a.b=c'] };
  expect(guideCommands(values)).toEqual([
    'kubectl apply -f /tmp/files/10-namespace.yaml',
    'npm run --silent secrets -- task-platform/production --set a.b=c | kubectl create -f -',
    'kubectl apply -f /tmp/files/20-broker-and-state.yaml',
    'kubectl wait job --all --for=condition=complete --namespace=event-driven --timeout=15m',
    'kubectl apply -f /tmp/files/',
    'kubectl wait deployment --all --for=condition=available --namespace=event-driven --timeout=15m',
  ]);
});

it('fails for a guide without the commands', () => {
  const values = { environment: 'local', dist: 'dist/tasks/local', secrets: [] };
  expect(() => guideCommands(values, '```sh\nnpm ci\n```\n')).toThrow('no shell block');
});

it('the guide names one platform of this repository', () => {
  const values = { environment: 'local', dist: 'dist/tasks/local', secrets: [] };
  const [, name] = /secrets -- (\S+)/.exec(guideCommands(values).join('\n'))!;
  const platforms = PLATFORMS.map(({ declare }) => declare());
  expect(choosePlatform(platforms, name).environment.namespace).toBe('event-driven');
});
