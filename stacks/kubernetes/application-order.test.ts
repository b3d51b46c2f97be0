import { App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Environment, EventPlatform, Layer, renderObjects } from 'cdk8s-event-platform';
import { describe, expect, it } from 'vitest';
import { assignLayer } from '../../constructs/platform/layers.ts';
import { manyConsumers } from '../../constructs/testing/many-consumers.ts';
import { applicationOrder } from './application-order.ts';
import { resourceName } from './kubernetes-object.ts';

/** What each object of a platform follows beside earlier layers, by name. */
function follows(platform: EventPlatform): Map<string, string[]> {
  const layers = applicationOrder(platform, renderObjects(platform));
  return new Map(
    layers.flatMap(({ objects }) =>
      [...objects].map(([object, others]) => [
        resourceName(object.manifest),
        others.map(({ manifest }) => resourceName(manifest)),
      ]),
    ),
  );
}

function empty(): EventPlatform {
  return new EventPlatform(new App(), 'platform', { environment: Environment.local() });
}

/** A ConfigMap in a layer of its own. */
function configMap(scope: Construct, name: string, layer = Layer.APPS) {
  const parent = new Construct(scope, name);
  assignLayer(parent, layer);
  return new k8s.KubeConfigMap(parent, 'object', { metadata: { name } });
}

describe('applicationOrder', () => {
  it('goes layer by layer, and in a layer from what is depended on to what depends on it', () => {
    const platform = empty();
    const late = configMap(platform, 'late');
    configMap(platform, 'alerts', Layer.SCALING_AND_ALERTS);
    late.addDependency(configMap(platform, 'early'));
    configMap(platform, 'broker', Layer.BROKER_AND_STATE);
    expect([...follows(platform).keys()]).toEqual([
      'Namespace/event-driven',
      'NetworkPolicy/event-driven/default-deny',
      'ConfigMap/event-driven/broker',
      'ConfigMap/event-driven/early',
      'ConfigMap/event-driven/late',
      'ConfigMap/event-driven/alerts',
    ]);
  });

  it('has an object follow the layer before its own in the nearest construct that has one', () => {
    const platform = empty();
    configMap(platform, 'broker', Layer.BROKER_AND_STATE);
    const team = new Construct(platform, 'team');
    configMap(team, 'subscription', Layer.COMPONENTS);
    const app = new Construct(team, 'app');
    configMap(app, 'app');
    configMap(app, 'scaler', Layer.SCALING_AND_ALERTS);
    configMap(team, 'alerts', Layer.SCALING_AND_ALERTS);
    const found = follows(platform);
    const namespace = 'Namespace/event-driven';
    const inNamespace = (name: string) => `ConfigMap/event-driven/${name}`;
    expect(found.get(inNamespace('scaler'))).toEqual([namespace, inNamespace('app')]);
    expect(found.get(inNamespace('app'))).toEqual([namespace, inNamespace('subscription')]);
    expect(found.get(inNamespace('alerts'))).toEqual([namespace, inNamespace('app')]);
    expect(found.get(inNamespace('subscription'))).toEqual([namespace]);
  });

  it('refuses an object that depends on one of a later layer', () => {
    const platform = empty();
    const broker = configMap(platform, 'broker', Layer.BROKER_AND_STATE);
    broker.addDependency(configMap(platform, 'app'));
    expect(() => follows(platform)).toThrow(
      'ConfigMap/event-driven/broker of layer 20-broker-and-state depends on ConfigMap/event-driven/app of the later layer 40-apps: remove this dependency',
    );
  });

  it('looks as many more times at objects for ten more consumers as for the ten before', () => {
    const [ten, twenty, thirty] = [10, 20, 30].map((consumers) => {
      let looks = 0;
      const platform = manyConsumers(consumers);
      const watched = renderObjects(platform).map(
        (object) =>
          new Proxy(object, {
            get: (target, property: keyof typeof object) => {
              looks++;
              return target[property];
            },
          }),
      );
      applicationOrder(platform, watched);
      return looks;
    }) as [number, number, number];
    expect(twenty - ten).toBeGreaterThan(0);
    expect(thirty - twenty).toBe(twenty - ten);
  });
});
