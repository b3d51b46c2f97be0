import { describe, expect, it } from 'vitest';
import {
  cidrProblem,
  digestProblem,
  hostProblem,
  imageProblem,
  parseQuantity,
  repositoryProblem,
  webUrlProblem,
} from './kubernetes-syntax.ts';

describe('syntax', () => {
  it.each([
    [
      imageProblem,
      [
        'a',
        'a:1',
        'a/b_c__d-e.f:1.2-3',
        'localhost/a',
        'r.example.com:5000/a:B',
        '[fd00::1]:5000/a',
      ],
    ],
    [
      repositoryProblem,
      ['registry.example.com/shop', '123456789012.dkr.ecr.eu-central-1.amazonaws.com/a'],
    ],
    [digestProblem, [`sha256:${'0f'.repeat(32)}`, `sha512:${'0f'.repeat(64)}`]],
    [hostProblem, ['a', 'postgres.example.com', '10.0.0.1', '::1', 'fd00::1', 'A-1.example']],
    [cidrProblem, ['0.0.0.0/0', '10.0.0.0/16', '::/0', 'fd00:1::/32', '::ffff:10.0.0.0/104']],
    [webUrlProblem, ['https://a', 'http://grafana.example.com:3000/x?y=z']],
  ])('%o takes what is right', (problem, values) => {
    expect(values.map((value) => problem(value))).toEqual(values.map(() => undefined));
  });

  it.each([
    [
      imageProblem,
      [
        '',
        ' a',
        'a ',
        'A',
        'a:',
        'a:b c',
        'a/',
        '/a',
        'a//b',
        'http://a/b',
        'a@b',
        'a@sha256:abc',
        'r.example.com:0/a',
        'r.example.com:99999/a',
        `a:${'b'.repeat(129)}`,
      ],
    ],
    [
      repositoryProblem,
      ['https://registry.example.com/shop', 'registry.example.com/', 'Shop', 'a b'],
    ],
    [digestProblem, ['abc', 'sha256:', `sha256:${'0F'.repeat(32)}`, `sha256:${'0f'.repeat(31)}`]],
    [
      hostProblem,
      ['', 'postgres://a', 'a:5432', 'a/b', 'me@a', 'a b', '-a', 'a..b', 'a.', '1:2:3', '[::1]'],
    ],
    [
      cidrProblem,
      ['', '10.0.0.0', '10.0.0.0/33', '10.0.0/8', '010.0.0.0/8', 'fd00::/129', 'fd00:::/8', 'all'],
    ],
    [
      webUrlProblem,
      [
        '',
        'docs/runbooks',
        '/d',
        'grafana.example.com',
        'ftp://a',
        'https://',
        'javascript:alert(1)',
        'https:// a',
      ],
    ],
  ])('%o refuses what is wrong, with the remedy', (problem, values) => {
    for (const value of values) {
      expect(problem(value), value).toMatch(/: (use|leave|start)/);
    }
  });

  it('knows what quantities come to', () => {
    expect(
      ['1', '500m', '1.5', '.5', '1Ki', '2Mi', '1e3', '1E3', '1E', '1k', '-1'].map((text) =>
        parseQuantity(text),
      ),
    ).toEqual([1, 0.5, 1.5, 0.5, 1024, 2 ** 21, 1000, 1000, 1e18, 1000, -1]);
    expect(
      ['', 'lots', '1 Gi', '1GB', 'Gi', '0x1', 'NaNMi', '1e'].map((text) => parseQuantity(text)),
    ).toEqual(Array(8).fill(undefined));
  });
});
