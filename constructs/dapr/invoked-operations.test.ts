import { describe, expect, it } from 'vitest';
import {
  accessOperations,
  type InvokedOperation,
  operationProblems,
} from './invoked-operations.ts';

const get = (path: string): InvokedOperation => ({ methods: ['GET'], path });
const post = (path: string): InvokedOperation => ({ methods: ['POST'], path });

describe('operationProblems', () => {
  it('accepts paths with one segment and with everything below', () => {
    expect(operationProblems([get('/routes/*'), post('/api/v1/events.log/**')])).toEqual([]);
  });

  it.each([
    'routes/*',
    '/routes',
    '/routes/',
    '/routes*',
    '/routes/*/health',
    '/routes/**/health',
    '/routes//*',
    '/routes/../*',
    '/routes/a b/*',
    '/routes/%2F/*',
    '/routes/:id/*',
    '/*',
    '/**',
    '*',
    '',
  ])("rejects path '%s', which Dapr would match otherwise than it reads", (path) => {
    expect(operationProblems([get(path)])).toEqual([
      `path '${path}' cannot be granted: write '/routes/*' for '/routes' and one segment below it, or '/routes/**' for everything below it, since Dapr opens what is below a path that has no such end`,
    ]);
  });

  it.each(['/events/**', '/topics/*', '/job/*', '/Dead-Letters/*', '/healthz/*', '/dapr/**'])(
    "rejects path '%s', at which the runtime takes what the sidecar delivers",
    (path) => {
      expect(operationProblems([get(path)])).toEqual([
        `path '${path}' is one of the runtime's own, which sidecar and kubelet alone use: grant routes of the app`,
      ]);
    },
  );

  it('rejects nothing, and a path without methods', () => {
    expect(operationProblems([])).toEqual([
      "no operation is granted: list some, e.g. { methods: ['GET'], path: '/routes/*' }",
    ]);
    expect(operationProblems([{ methods: [], path: '/routes/*' }])).toEqual([
      "path '/routes/*' is granted without methods: list some, e.g. methods: ['GET']",
    ]);
  });

  it.each([
    ['/routes/*', '/routes/archive/*'],
    ['/routes/**', '/routes/a/b/*'],
    ['/routes/*', '/routes/**'],
    ['/Routes/a/*', '/routes/*'],
  ])('rejects other methods for %s and %s, of which Dapr would apply one', (one, other) => {
    expect(operationProblems([get(one), post(other)])).toEqual([
      `paths '${one}' and '${other}' overlap, and Dapr applies the methods of one of them alone: grant both the same methods, or separate the paths`,
    ]);
    expect(operationProblems([get(one), get(other)])).toEqual([]);
  });

  it('accepts other methods where paths have none in common', () => {
    expect(operationProblems([get('/routes/*'), post('/routes/archive/all/*')])).toEqual([]);
    expect(operationProblems([get('/routes/*'), post('/routes-archive/**')])).toEqual([]);
  });
});

describe('accessOperations', () => {
  it('joins the methods of one path, in one order', () => {
    expect(accessOperations([post('/Routes/*'), get('/routes/*')])).toEqual([
      { name: '/Routes/*', httpVerb: ['GET', 'POST'], action: 'allow' },
    ]);
  });

  it('puts shorter paths first, and leaves out what another covers', () => {
    const names = accessOperations([
      get('/routes/a/b/*'),
      get('/routes/*'),
      get('/cache/**'),
      get('/cache/x/*'),
      get('/cache/*'),
    ]).map(({ name }) => name);
    expect(names).toEqual(['/cache/**', '/routes/*', '/routes/a/b/*']);
  });
});
