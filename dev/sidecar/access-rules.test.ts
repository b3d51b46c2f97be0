import { describe, expect, it } from 'vitest';
import { AccessRules } from './access-rules.ts';

function rules(accessControl: object | undefined): AccessRules {
  const spec = accessControl === undefined ? {} : { accessControl };
  const object = { kind: 'Configuration', metadata: { name: 'callers' }, spec };
  return new AccessRules([object], 'callers');
}

const operation = (name: string) => ({ name, httpVerb: ['GET'], action: 'allow' });
const call = { appId: 'gateway', method: 'GET', path: 'routes/r1' };

describe('AccessRules', () => {
  it('admits everybody without rules, as daprd does', () => {
    expect(rules(undefined).allows(call)).toBe(true);
    expect(new AccessRules([], undefined).allows(call)).toBe(true);
  });

  it('admits nobody where it is denied by default', () => {
    expect(rules({ defaultAction: 'deny' }).allows(call)).toBe(false);
  });

  it('refuses paths that the platform does not render, which daprd would match otherwise', () => {
    const policies = [{ appId: 'gateway', operations: [operation('/routes')] }];
    expect(() => rules({ defaultAction: 'deny', policies })).toThrow(
      "path '/routes' in the access control of Configuration 'callers' is not supported: end it with /* or /**",
    );
  });

  it('looks at the operations of the caller alone', () => {
    const policies = [
      { appId: 'gateway', defaultAction: 'deny', operations: [operation('/routes/*')] },
    ];
    const control = rules({ defaultAction: 'deny', policies });
    expect(control.allows(call)).toBe(true);
    expect(control.allows({ ...call, appId: 'other' })).toBe(false);
    expect(control.allows({ ...call, method: 'POST' })).toBe(false);
    expect(control.allows({ ...call, path: 'routes/r1/more' })).toBe(false);
  });
});
