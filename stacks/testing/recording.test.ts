import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { record } from './recording.ts';

class Thing extends pulumi.CustomResource {
  declare public readonly made: pulumi.Output<string>;

  public constructor(
    name: string,
    inputs: pulumi.Inputs,
    options: pulumi.CustomResourceOptions = {},
  ) {
    super('test:index:Thing', name, inputs, options);
  }
}

describe('record', () => {
  it('keeps inputs, secrets, dependencies and protection', async () => {
    const recording = await record(() => {
      const first = new Thing('first', { size: 1 }, { protect: true });
      new Thing(
        'second',
        { login: { user: 'app', password: pulumi.secret('open sesame') }, of: first.id },
        { dependsOn: [first] },
      );
    });
    const first = recording.only('test:index:Thing', 'first');
    const second = recording.only('test:index:Thing', 'second');
    expect(first).toMatchObject({ inputs: { size: 1 }, secrets: [], protect: true, custom: true });
    expect(second).toMatchObject({
      inputs: { login: { user: 'app', password: 'open sesame' }, of: 'first-id' },
      secrets: ['login.password'],
      dependencies: [first.urn],
      protect: false,
    });
  });

  it('records each program alone', async () => {
    const { resources } = await record(() => new Thing('only', {}));
    expect(resources.map(({ name }) => name)).toEqual(['only']);
  });

  it('gives configuration and outputs of providers to the program', async () => {
    const made: string[] = [];
    await record(
      () => {
        const thing = new Thing(new pulumi.Config().require('name'), { made: undefined });
        thing.made.apply((value) => made.push(value, pulumi.getStack()));
      },
      { config: { name: 'x' }, stack: 'blue', outputs: ({ name }) => ({ made: `${name}!` }) },
    );
    expect(made).toEqual(['x!', 'blue']);
  });

  it('refuses two resources of one URN, as the engine does', async () => {
    await expect(
      record(() => {
        new Thing('only', { size: 1 });
        new Thing('only', { size: 2 });
      }),
    ).rejects.toThrow(
      'registered twice: urn:pulumi:test::cdk8s-event-platform::test:index:Thing::only',
    );
  });

  it('says what there is instead of what was looked for', async () => {
    const recording = await record(() => new Thing('only', {}));
    expect(() => recording.only('test:index:Other')).toThrow(
      '0 resources of type test:index:Other: there are none of this type',
    );
    expect(() => recording.only('test:index:Thing', 'other')).toThrow(
      '0 resources of type test:index:Thing named other: there are only',
    );
  });
});
