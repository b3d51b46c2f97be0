import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

/** Folders of packages, which import each other by their names. Directions of imports: `.dependency-cruiser.cjs`. */
const PACKAGES = ['app-images', 'cli', 'constructs', 'contracts', 'dev', 'stacks/kubernetes'];

export default defineConfig(
  // Programs of e2e/packages run in projects of other teams, in plain JavaScript.
  // The settings of dependency-cruiser are CommonJS without types.
  globalIgnores([
    '.dependency-cruiser.cjs',
    // Data and bundles of `npm run dev`.
    '.event-platform/',
    'dist/',
    'e2e/packages/files/',
    // Part of projects that others create, with settings of their own.
    'create/template/',
    '**/build/',
    'constructs/imports/',
  ]),
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  prettier,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: [
            '.dependency-cruiser.cjs',
            'eslint.config.js',
            'stacks/main.mjs',
            'stacks/policies/pack.cjs',
          ],
        },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // A non-null assertion stands where the line above has looked already.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Constructs are created for their effect on the tree.
      'no-new': 'off',
      '@typescript-eslint/no-deprecated': [
        'error',
        {
          allow: [
            // The newer format is not what the Grafana of the pinned chart takes from files.
            {
              from: 'package',
              package: '@grafana/grafana-foundation-sdk',
              name: ['Dashboard', 'DashboardBuilder'],
            },
          ],
        },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    rules: {
      complexity: ['error', 15],
      'no-shadow': 'off',
      '@typescript-eslint/no-shadow': 'error',
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    // The callback of a describe holds its tests.
    ignores: ['**/*.test.ts'],
    rules: {
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    },
  },
  PACKAGES.map((folder) => ({
    files: [`${folder}/**/*.ts`],
    ignores: ['**/*.test.ts', 'app-images/*.ts', 'app-images/testing/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${PACKAGES.filter((other) => other !== folder).join('|')})/`,
              message: 'packages import each other by their names, as other teams do',
            },
          ],
        },
      ],
    },
  })),
  {
    // Tests look into rendered objects, whose shapes the API server checks.
    files: ['constructs/**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
