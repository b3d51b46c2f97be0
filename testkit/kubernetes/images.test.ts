import { expect, it } from 'vitest';
import { fullName } from './images.ts';

it.each([
  ['producer:local', 'docker.io/library/producer:local'],
  ['apache/kafka:1.2.3', 'docker.io/apache/kafka:1.2.3'],
  ['ghcr.io/dapr/daprd:1.2.3', 'ghcr.io/dapr/daprd:1.2.3'],
  ['localhost:5000/producer:1', 'localhost:5000/producer:1'],
])('calls %s as containerd does', (image, name) => {
  expect(fullName(image)).toBe(name);
});
