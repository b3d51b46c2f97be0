import { Environment } from '../constructs/index.ts';

/**
 * The environments that `dist/` holds. Names under `example.com` stand for what only its owner
 * knows: the registry of the images and the database server.
 */
export const ENVIRONMENTS: readonly Environment[] = [
  Environment.local(),
  Environment.production({
    images: { registry: 'registry.example.com/task-platform', tag: '0.1.0' },
    postgres: { host: 'postgres.example.com' },
  }),
];
