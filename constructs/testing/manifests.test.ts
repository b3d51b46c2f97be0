import { expect, it } from 'vitest';
import { orderProcessor, TestPlatform } from './fixtures.ts';
import { Manifests } from './manifests.ts';

const named = (kind: string, name: string) => ({ apiVersion: 'v1', kind, metadata: { name } });
const manifests = new Manifests([
  named('Job', 'migrations-0123456789'),
  named('Job', 'migrations-old'),
  named('ConfigMap', 'migrations'),
]);

it('finds objects by kind', () => {
  expect(manifests.ofKind('Job')).toEqual(manifests.objects.slice(0, 2));
  expect(manifests.ofKind('Secret')).toEqual([]);
});

it('finds the one object with a name, or with a name and a hash', () => {
  expect(manifests.only('ConfigMap', 'migrations')).toBe(manifests.objects[2]);
  expect(manifests.only('Job', 'migrations')).toBe(manifests.objects[0]);
  expect(manifests.only('Job', 'migrations-old')).toBe(manifests.objects[1]);
});

it('throws when it finds no object, or several', () => {
  expect(() => manifests.only('Job', 'migration')).toThrow(
    'found 0 objects Job/migration, expected 1: use one of migrations-0123456789, migrations-old',
  );
  expect(() => manifests.only('Secret', 'x')).toThrow(
    'found 0 objects Secret/x, expected 1: no Secret is rendered',
  );
  const twice = new Manifests([named('Job', 'a'), named('Job', 'a-0123456789')]);
  expect(() => twice.only('Job', 'a')).toThrow(
    'found 2 objects Job/a, expected 1: use one of a, a-0123456789',
  );
});

it('renders a platform, each time the same', () => {
  const platform = new TestPlatform();
  platform.producer();
  platform.consumer();
  const rendered = Manifests.render(platform.platform);
  const { appId } = orderProcessor;
  expect(rendered.only('Deployment', appId).metadata.labels).toMatchObject({
    'app.kubernetes.io/name': appId,
  });
  expect(rendered.objects[0]!.kind).toBe('Namespace');
  expect(Manifests.render(platform.platform).objects).toEqual(rendered.objects);
});
