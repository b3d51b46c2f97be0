import { ApiObject, App, Chart, JsonPatch, Testing } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { describe, expect, it } from 'vitest';
import { PodMonitor } from '../imports/monitoring.coreos.com.ts';
import { applyPatchesLast } from './final-patches.ts';
import { Environment, EventPlatform, renderPlatform } from './index.ts';

function platform(): EventPlatform {
  return new EventPlatform(new App(), 'platform', { environment: Environment.local() });
}

/** A policy, a Deployment and a monitor of a team, patched in every way that was lost. */
function addPatched(scope: Chart): void {
  const policy = new k8s.KubeNetworkPolicy(scope, 'policy', { spec: { podSelector: {} } });
  policy.addJsonPatch(
    JsonPatch.add('/spec/ingress', [{ ports: [{ port: 443 }, { port: 'web' }] }]),
  );
  const deployment = new k8s.KubeDeployment(scope, 'deployment', {
    spec: {
      selector: {},
      template: { spec: { containers: [{ name: 'app', image: 'app:1' }] } },
    },
  });
  const probe = { httpGet: { path: '/', port: 8080 } };
  const limits = { cpu: 2, memory: '1Gi' };
  deployment.addJsonPatch(
    JsonPatch.add('/spec/template/spec/containers/0/resources', { limits }),
    JsonPatch.add('/spec/template/spec/containers/0/livenessProbe', probe),
    JsonPatch.add('/spec/strategy', { rollingUpdate: { maxSurge: '50%' } }),
    JsonPatch.add('/spec/template/spec/containers/-', { name: 'more', fieldOfTomorrow: true }),
  );
  const monitor = new PodMonitor(scope, 'monitor', {
    spec: { selector: {}, podMetricsEndpoints: [{ port: 'metrics' }] },
  });
  monitor.addJsonPatch(JsonPatch.add('/spec/fieldOfTomorrow', 1));
}

function expectPatched(objects: readonly { kind: string; spec?: unknown }[]): void {
  const specOf = (kind: string) => objects.filter((object) => object.kind === kind).at(-1)!.spec;
  expect(specOf('NetworkPolicy')).toMatchObject({
    ingress: [{ ports: [{ port: 443 }, { port: 'web' }] }],
  });
  expect(specOf('Deployment')).toMatchObject({
    strategy: { rollingUpdate: { maxSurge: '50%' } },
    template: {
      spec: {
        containers: [
          {
            resources: { limits: { cpu: 2, memory: '1Gi' } },
            livenessProbe: { httpGet: { path: '/', port: 8080 } },
          },
          { name: 'more', fieldOfTomorrow: true },
        ],
      },
    },
  });
  expect(specOf('PodMonitor')).toMatchObject({ fieldOfTomorrow: 1 });
}

describe('patches are what is rendered', () => {
  it('by renderPlatform, twice the same', () => {
    const own = platform();
    addPatched(own);
    const once = renderPlatform(own);
    expectPatched(once.flatMap(({ objects }) => objects));
    expect(renderPlatform(own)).toEqual(once);
  });

  it("by cdk8s' own synth", () => {
    const own = platform();
    addPatched(own);
    expectPatched(Testing.synth(own) as { kind: string }[]);
  });

  it('also those that are added after a first synth', () => {
    const own = platform();
    const object = new ApiObject(own, 'object', { apiVersion: 'v1', kind: 'Thing' });
    renderPlatform(own);
    object.addJsonPatch(JsonPatch.add('/spec', { port: 1 }));
    const rendered = renderPlatform(own).flatMap(({ objects }) => objects);
    expect(rendered).toContainEqual(expect.objectContaining({ spec: { port: 1 } }));
  });

  it('also what a validation adds', () => {
    const own = platform();
    const object = new ApiObject(own, 'object', { apiVersion: 'v1', kind: 'Thing' });
    object.node.addValidation({
      validate: () => {
        object.metadata.addLabel('checked', 'yes');
        return [];
      },
    });
    const rendered = renderPlatform(own).flatMap(({ objects }) => objects);
    expect(rendered.at(-1)!.metadata).toMatchObject({ labels: { checked: 'yes' } });
  });

  it('a patch that does not apply is an error of its object, and stays', () => {
    const chart = new Chart(new App(), 'chart');
    const object = new ApiObject(chart, 'object', { apiVersion: 'v1', kind: 'Thing' });
    object.addJsonPatch(JsonPatch.replace('/spec/replicas', 1));
    applyPatchesLast(chart, {});
    applyPatchesLast(chart, {});
    expect(() => object.toJson() as unknown).toThrow();
    expect(() => object.toJson() as unknown).toThrow();
  });
});
