import { readFileSync } from 'node:fs';
import { parseConfigFileTextToJson } from 'typescript';
import { defineConfig } from 'vitest/config';

const TSCONFIG = new URL('tsconfig.json', import.meta.url);
const { config } = parseConfigFileTextToJson(TSCONFIG.pathname, readFileSync(TSCONFIG, 'utf8')) as {
  config: { compilerOptions: { paths: Readonly<Record<string, readonly [string]>> } };
};

export default defineConfig({
  resolve: {
    // Packages of this repository are their sources, as tsconfig.json says.
    alias: Object.entries(config.compilerOptions.paths).map(([name, [path]]) => ({
      find: new RegExp(`^${name}$`),
      replacement: new URL(path, TSCONFIG).pathname,
    })),
  },
  test: {
    include: [
      '{cli,contracts,create,constructs,charts,dev,stacks,app-images,e2e,testkit,benchmarks,scripts,docs}/**/*.test.ts',
    ],
    // Tests of the projects that it creates, which `npm run test:package` runs.
    exclude: ['**/node_modules/**', 'create/template/**'],
    globalSetup: ['app-images/testing/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A synthesis is CPU-bound; more workers than cores only take longer.
    maxWorkers: 2,
  },
});
