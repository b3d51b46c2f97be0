import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

const NOT_CONTRACTS = '(^|/)constructs/|^cdk8s-event-platform(/|$)';
const NOT_OWN_CONTRACTS = '^@cdk8s-event-platform/(?!contracts(/|$))';
const ABOVE_CONSTRUCTS = '(^|/)(charts|stacks|app-images|e2e|scripts)/';

/**
 * Dependencies point one way: stacks → charts → constructs → contracts ← app-images.
 * What the imports of a folder must not match, and why.
 */
const BOUNDARIES = {
  'contracts/**': [
    [
      '^\\.\\./(?!(app-manifest|event-contract|checks|node-version|interface/.*)\\.ts)|^node:',
      'contracts are plain data that everything derives from: they import nothing',
    ],
  ],
  'constructs/!(testing)/**': [
    [ABOVE_CONSTRUCTS, 'constructs know nothing of what is built from them'],
    [NOT_OWN_CONTRACTS, 'constructs know nothing of what is built from them'],
    ['^@pulumi/|^node:(?!crypto$)', 'constructs use cdk8s alone: no Pulumi, no files, no network'],
  ],
  'cli/**': [
    [
      '^(\\.\\./)+(charts|stacks|app-images|e2e|scripts|constructs|contracts)/',
      'the command uses packages, as other teams have them',
    ],
  ],
  'charts/**': [
    ['(^|/)(stacks|e2e|scripts)/', 'charts are built from constructs/ and manifests of images'],
    [NOT_OWN_CONTRACTS, 'charts read the manifests of images, never their handlers'],
    [
      'app-images/(?!.*/manifest\\.ts$)',
      'charts read the manifests of images, never their handlers',
    ],
  ],
  'app-images/**': [
    ['(^|/)(charts|stacks|e2e|scripts)/', 'images know contracts, not how they are deployed'],
    [NOT_CONTRACTS, 'images know contracts, not how they are deployed'],
  ],
  'app-images/*/events/**': [
    [NOT_OWN_CONTRACTS, 'events know nothing of the images that use them'],
    ['^\\.\\./', 'events know nothing of the images that use them'],
  ],
};

export default defineConfig(
  // Programs of e2e/packages run in projects of other teams, in plain JavaScript.
  globalIgnores(['dist/', 'e2e/packages/files/', '**/build/', 'constructs/imports/']),
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  prettier,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ['eslint.config.js', 'stacks/main.mjs', 'stacks/policies/pack.cjs'],
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
  Object.entries(BOUNDARIES).map(([files, patterns]) => ({
    files: [`${files}/*.ts`, files],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: patterns.map(([regex, message]) => ({ regex, message })) },
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
