import { App } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { inProduction, TestPlatform } from '../testing/fixtures.ts';
import { PLATFORM_VERSION } from '../core/versions.ts';
import { Environment, type EnvironmentOptions, EventPlatform } from './index.ts';

describe('Environment', () => {
  it('refuses everything that is wrong at once, with the value and the remedy', () => {
    expect(() =>
      Environment.production({
        namespace: 'kube-system',
        minReplicas: 1.5,
        traceSampling: NaN,
        images: { registry: 'https://registry.example.com/', tag: 'a b', digests: { shop: 'abc' } },
        postgres: { host: 'postgres://db.example.com:5432/orders', port: 70_000 },
      }),
    ).toThrow(
      `environment 'production': namespace 'kube-system' is one that Kubernetes keeps for itself: use one of the platform's own, e.g. 'event-driven' [EP5006]
environment 'production': minReplicas (1.5) is not a number of pods: use 0 or more [EP5006]
environment 'production': traceSampling NaN is not a ratio: use 0 to 1, e.g. 0.1 [EP5006]
environment 'production': images.registry 'https://registry.example.com/' starts with 'https://': leave the scheme out [EP5006]
environment 'production': images.tag 'a b' is not a tag: use at most 128 letters, digits, '_', '.' and '-' [EP5006]
environment 'production': images.digests of 'shop' (abc) is not a digest: use 'sha256:' and 64 hexadecimal digits in lower case [EP5006]
environment 'production': postgres.host 'postgres://db.example.com:5432/orders' is not the name or the address of a host: leave scheme, login, port and path out, e.g. 'postgres.example.com' [EP5006]
environment 'production': postgres.port (70000) is not a port: use a whole number from 1 to 65535 [EP5006]`,
    );
  });

  it.each([
    'default',
    'kube-system',
    'kube-public',
    'kube-anything',
    'A',
    '',
    'a.b',
    'a'.repeat(64),
  ])('refuses the namespace %j', (namespace) => {
    expect(() => Environment.local({ namespace })).toThrow(`namespace '${namespace}'`);
  });

  it.each(['registry.example.com/', 'registry.example.com/Shop', 'http://registry', 'a b'])(
    'refuses the registry %j',
    (registry) => {
      expect(() => Environment.local({ images: { registry, tag: '1' } })).toThrow(
        `images.registry '${registry}'`,
      );
    },
  );

  it.each(['registry.example.com', 'localhost:5000', 'registry.example.com:443/a/b', 'shop'])(
    'takes the registry %j',
    (registry) => {
      const environment = Environment.local({ images: { registry, tag: '1' } });
      expect(environment.imageReference('cart')).toBe(`${registry}/cart:1`);
    },
  );

  it.each(['db.example.com:5432', 'https://db', 'me@db', 'db/orders', ''])(
    'refuses the host %j of PostgreSQL',
    (host) => {
      expect(() => Environment.local({ postgres: { host } })).toThrow(`postgres.host '${host}'`);
    },
  );
});

describe('an image that nobody has named', () => {
  const image = 'registry.example.com/mine:1';

  it("is refused in production: a bare name is somebody else's", () => {
    const postgres = { host: 'postgres.example.com' };
    const test = new TestPlatform(Environment.production({ postgres }));
    test.producer();
    test.consumer({ image });
    const problem = 'is nowhere that production knows: give the environment its';
    expect(() => test.objects()).toThrow(`test/shop/app: image 'shop:0.1.0' ${problem} images,`);
    expect(() => test.objects()).toThrow(
      `test/kafka/brokers: image 'kafka-jmx-exporter:1.0.1' ${problem} platformImages,`,
    );
    expect(() => test.objects()).not.toThrow('order-processor:0.1.0');
  });

  it.each([Environment.local(), inProduction()])(
    'is known by the environment: %#',
    (environment) => {
      const test = new TestPlatform(environment);
      test.producer();
      expect(() => test.objects()).not.toThrow();
    },
  );
});

describe('EventPlatform', () => {
  const declare = (props: object) => () =>
    new EventPlatform(new App(), 'test', { environment: Environment.local(), ...props });

  it('refuses links that nobody could open, and namespaces of operators that cannot exist', () => {
    expect(
      declare({
        links: { runbooks: 'docs/runbooks', grafana: 'grafana.example.com' },
        daprNamespace: 'Dapr',
        kedaNamespace: 'event-driven',
      }),
    ).toThrow(
      `test: daprNamespace 'Dapr' is not a DNS label: use a-z, 0-9 and '-', with a letter or digit at both ends [EP1002]
test: namespace 'event-driven' is that of kedaNamespace, which the platform's policies would cut off: give the platform one of its own [EP1002]
test: links.runbooks 'docs/runbooks' is not a URL that people can open: start with 'https://' or 'http://', or leave it out [EP1004]
test: links.grafana 'grafana.example.com' is not a URL that people can open`,
    );
  });
});

describe('images of the platform itself', () => {
  const image = (options: EnvironmentOptions) =>
    Environment.production(options).platformImageReference('dead-letter-processor');

  it('come from the registry of apps, with the version of the platform', () => {
    expect(image({ images: { registry: 'registry.example.com/shop', tag: '7.0.0' } })).toBe(
      `registry.example.com/shop/dead-letter-processor:${PLATFORM_VERSION}`,
    );
  });

  it('may have a registry, a tag and digests of their own', () => {
    const images = { registry: 'registry.example.com/shop', tag: '7.0.0' };
    const platformImages = { registry: 'mirror.example.com', tag: 'stable' };
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(image({ images, platformImages })).toBe(
      'mirror.example.com/dead-letter-processor:stable',
    );
    const digests = { 'dead-letter-processor': digest };
    expect(image({ images, platformImages: { digests } })).toBe(
      `registry.example.com/shop/dead-letter-processor@${digest}`,
    );
  });

  it('have the tag of the local environment there', () => {
    const images = { tag: '7.0.0' };
    expect(Environment.local({ images }).platformImageReference('agent', '1.0.1')).toBe(
      'agent:local',
    );
  });

  it('are named as precisely as those of apps', () => {
    expect(() => image({ platformImages: { registry: 'Registry/', tag: 'a b' } })).toThrow(
      /platformImages\.registry 'Registry\/'[^]*platformImages\.tag 'a b'/,
    );
  });
});
