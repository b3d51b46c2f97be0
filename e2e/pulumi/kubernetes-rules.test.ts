import { describe, expect, it } from 'vitest';
import { comparable, fixedPaths, normalize, prune } from './kubernetes-rules.ts';

const MUTABLE = { configMaps: true, secrets: true };
const IMMUTABLE = { configMaps: false, secrets: false };

describe('fixedPaths', () => {
  it.each([
    ['apps/v1', 'Deployment', 'spec.selector'],
    ['apps/v1', 'StatefulSet', 'spec.volumeClaimTemplates'],
    ['batch/v1', 'Job', 'spec.template'],
    ['v1', 'ConfigMap', 'metadata.namespace'],
  ])('%s %s has %s', (apiVersion, kind, path) => {
    expect(fixedPaths(apiVersion, kind, MUTABLE)).toContain(path);
  });

  it('has the data of ConfigMaps and Secrets, unless they may be changed', () => {
    expect(fixedPaths('v1', 'ConfigMap', IMMUTABLE)).toContain('data');
    expect(fixedPaths('v1', 'ConfigMap', MUTABLE)).not.toContain('data');
    expect(fixedPaths('v1', 'Secret', IMMUTABLE)).toContain('data');
    expect(fixedPaths('v1', 'Secret', MUTABLE)).not.toContain('data');
  });

  it('tells kinds of other groups apart', () => {
    expect(fixedPaths('example.com/v1', 'Secret', IMMUTABLE)).toEqual([
      'metadata.name',
      'metadata.namespace',
    ]);
  });
});

describe('prune', () => {
  it('keeps what was asked for, with the values that are there', () => {
    const live = {
      a: 1,
      status: {},
      list: [{ name: 'x', added: 1 }, { name: 'y' }],
      nested: { b: 2 },
    };
    const asked = { a: 0, list: [{ name: 'x' }], nested: { b: 1, gone: 1 } };
    expect(prune(live, asked)).toEqual({ a: 1, list: [{ name: 'x' }], nested: { b: 2 } });
  });
});

describe('normalize', () => {
  it('writes texts of a Secret as the server does', () => {
    const secret = { kind: 'Secret', data: { a: 'YQ==' }, stringData: { b: 'b' } };
    expect(normalize(secret)).toEqual({ kind: 'Secret', data: { a: 'YQ==', b: 'Yg==' } });
  });

  it('leaves other kinds', () => {
    const other = { kind: 'Other', stringData: { b: 'b' } };
    expect(normalize(other)).toEqual(other);
  });
});

describe('comparable', () => {
  const pod = (cpu: unknown, memory: unknown, apiVersion = 'v1') =>
    comparable({ apiVersion, spec: { resources: { requests: { cpu, memory } } } });

  it.each([
    ['0.5', '500m', '1024Mi', '1Gi'],
    [1, '1', '1Ki', '1024'],
    ['1500m', '1.5', '1k', '1000'],
  ])('takes %s for %s, and %s for %s', (cpu, sameCpu, memory, sameMemory) => {
    expect(pod(cpu, memory)).toEqual(pod(sameCpu, sameMemory));
  });

  it('tells other quantities apart', () => {
    expect(pod('1', '1Gi')).not.toEqual(pod('1', '1G'));
    expect(pod('1', '1Mi')).not.toEqual(pod('1m', '1Mi'));
  });

  it('leaves custom resources, whose quantities the server does not rewrite', () => {
    expect(pod('0.5', '1Gi', 'keda.sh/v1alpha1')).not.toEqual(
      pod('500m', '1Gi', 'keda.sh/v1alpha1'),
    );
  });

  it('leaves texts elsewhere that look like quantities', () => {
    const port = (value: string) => comparable({ apiVersion: 'v1', data: { port: value } });
    expect(port('1')).not.toEqual(port('1000m'));
  });
});
