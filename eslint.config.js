import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { importX } from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

/** Dependencies point one way: stacks → charts → constructs → constructs/contracts ← app-images. */
const BOUNDARIES = [
  {
    target: './constructs/contracts',
    from: ['./constructs', './charts', './stacks', './app-images', './e2e', './scripts'],
    except: ['./contracts'],
    message: 'contracts are plain data that everything else derives from: they import nothing',
  },
  {
    target: './constructs',
    from: ['./charts', './stacks', './app-images', './e2e', './scripts'],
    message: 'constructs are the library: they know nothing of what is built from them',
  },
  {
    target: './charts',
    from: ['./stacks', './e2e', './scripts', './app-images/runtime'],
    message: 'charts are built from constructs/ and the manifests of images alone',
  },
  {
    target: './charts',
    from: './app-images/*/!(manifest).ts',
    message: 'charts read the manifests of images, never their handlers',
  },
  {
    target: './app-images',
    from: ['./charts', './stacks', './e2e', './scripts'],
    message: 'images know contracts alone, not how they are deployed',
  },
  {
    target: './app-images',
    from: './constructs/!(contracts)/**/*',
    message: 'images know contracts alone, not how they are deployed',
  },
  {
    target: './app-images/contracts',
    from: './app-images/!(contracts)/**/*',
    message: 'the events know nothing of the images that use them',
  },
];

export default defineConfig(
  globalIgnores([
    'dist/',
    'lib/',
    '**/build/',
    'constructs/imports/',
    'constructs/testing/*.generated.*',
  ]),
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  prettier,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: BOUNDARIES }],
      'import-x/no-cycle': 'error',
      'import-x/no-extraneous-dependencies': 'off',
      // A non-null assertion stands where the line above has looked already.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Constructs are created for their effect on the tree.
      'no-new': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Tests look into rendered objects, whose shapes the API server checks.
    files: ['constructs/**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['constructs/**/*.ts'],
    ignores: ['constructs/testing/**', 'constructs/**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@pulumi/*', 'node:*', '!node:crypto'],
              message: 'constructs use cdk8s alone: no Pulumi, no files, no network',
            },
          ],
        },
      ],
    },
  },
);
