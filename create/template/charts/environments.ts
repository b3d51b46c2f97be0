import { Environment } from 'cdk8s-event-platform';

const images = { registry: 'registry.example.com/shop', tag: '0.1.0' };

/** Environments by the name of their folder below `dist/`. */
export const ENVIRONMENTS: Readonly<Record<string, Environment>> = {
  local: Environment.local({ namespace: 'shop' }),
  production: Environment.production({
    namespace: 'shop',
    images,
    platformImages: { registry: 'registry.example.com/event-platform' },
    postgres: { host: 'postgres.example.com' },
  }),
};
