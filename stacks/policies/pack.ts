/** `pulumi preview --policy-pack stacks/policies`: all rules, checked by Pulumi before it makes anything. */
import { PolicyPack } from '@pulumi/policy';
import { RULES } from './index.ts';

new PolicyPack('event-platform', {
  enforcementLevel: 'mandatory',
  policies: RULES.map(({ name, description, check }) => ({
    name,
    description,
    validateResource: (resource, report) => {
      check(resource).forEach((finding) => report(`${resource.name} ${finding}`));
    },
  })),
});
