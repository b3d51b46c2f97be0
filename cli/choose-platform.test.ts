import { App } from 'cdk8s';
import { Environment, EventPlatform } from 'cdk8s-event-platform';
import { expect, it } from 'vitest';
import { choosePlatform } from './choose-platform.ts';

const ENVIRONMENTS = {
  local: () => Environment.local(),
  production: () => Environment.production({ images: { registry: 'r.example.com', tag: '1' } }),
};

function platforms(...names: readonly string[]): EventPlatform[] {
  return names.map((name) => {
    const [id, environment] = name.split('/') as [string, keyof typeof ENVIRONMENTS];
    return new EventPlatform(new App(), id, { environment: ENVIRONMENTS[environment]() });
  });
}

const chosen = (all: readonly EventPlatform[], name?: string) =>
  all.indexOf(choosePlatform(all, name));

it('takes the only one without a name', () => {
  expect(chosen(platforms('shop/local'))).toBe(0);
});

it('takes the environment, the id, or both', () => {
  const one = platforms('shop/local', 'shop/production');
  expect([chosen(one, 'production'), chosen(one, 'shop/local')]).toEqual([1, 0]);
  const two = platforms('shop/local', 'billing/local');
  expect([chosen(two, 'billing'), chosen(two, 'shop/local')]).toEqual([1, 0]);
});

it.each([
  [['shop/local', 'shop/production'], 'local, production'],
  [['shop/local', 'billing/local'], 'shop, billing'],
  [
    ['shop/local', 'shop/production', 'billing/local'],
    'shop/local, shop/production, billing/local',
  ],
])('names of %j that choose one', (names, said) => {
  const all = platforms(...names);
  expect(() => chosen(all)).toThrow(`several environments: use one of ${said}`);
  expect(() => chosen(all, 'x')).toThrow(`no one environment 'x': use one of ${said}`);
  expect(said.split(', ').map((name) => chosen(all, name))).toEqual([...names.keys()]);
});
