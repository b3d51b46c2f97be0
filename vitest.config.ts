import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: [
      {
        find: /^cdk8s-event-platform$/,
        replacement: new URL('constructs/index.ts', import.meta.url).pathname,
      },
    ],
  },
  test: {
    include: ['{constructs,charts,stacks,app-images,e2e,benchmarks,scripts,docs}/**/*.test.ts'],
    globalSetup: ['app-images/testing/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A synthesis is CPU-bound; more workers than cores only take longer.
    maxWorkers: 2,
  },
});
