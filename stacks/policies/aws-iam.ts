import { at, items, type Rule } from './rule.ts';

/**
 * Actions that IAM cannot limit to a resource.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const WITHOUT_RESOURCE: readonly (string | RegExp)[] = [
  'ecr:GetAuthorizationToken',
  'sts:GetCallerIdentity',
  /^autoscaling:Describe\w+$/,
  /^ec2:Describe\w+$/,
  'ec2:GetInstanceTypesFromInstanceRequirements',
];

const list = (value: unknown): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value])
    .filter((item) => item !== undefined)
    .map(String);

/** The policies of a resource. That of a KMS key is none: in it, `*` is the key itself. */
function policiesOf(type: string, props: Readonly<Record<string, unknown>>): unknown[] {
  switch (type) {
    case 'aws:iam/policy:Policy':
    case 'aws:iam/rolePolicy:RolePolicy':
    case 'aws:iam/userPolicy:UserPolicy':
    case 'aws:iam/groupPolicy:GroupPolicy':
      return [props.policy];
    case 'aws:iam/role:Role':
      return items(props.inlinePolicies).map((inline) => at(inline, 'policy'));
    default:
      return [];
  }
}

function statementsOf(policy: unknown): readonly unknown[] {
  const document: unknown = typeof policy === 'string' ? JSON.parse(policy) : policy;
  const statements = at(document, 'Statement');
  return Array.isArray(statements) ? statements : [statements];
}

function problemsOf(statement: unknown): string[] {
  if (at(statement, 'Effect') !== 'Allow') {
    return [];
  }
  const actions = list(at(statement, 'Action'));
  const everything = actions.filter((action) => action.endsWith('*') && !/:[A-Z]/.test(action));
  const unlimited = actions.filter(
    (action) =>
      !WITHOUT_RESOURCE.some((one) => (one instanceof RegExp ? one.test(action) : one === action)),
  );
  return [
    ...everything.map((action) => `allows the actions '${action}': name each`),
    ...(list(at(statement, 'Resource')).includes('*') && unlimited.length > 0
      ? [`allows ${unlimited.join(', ')} on everything: name resources`]
      : []),
    ...(at(statement, 'NotAction') !== undefined || at(statement, 'NotResource') !== undefined
      ? ['allows all but some: name what is allowed']
      : []),
  ];
}

/** Rights are those that are needed. */
export const IAM_RULE: Rule = {
  name: 'aws-least-privilege',
  description: 'Policies name the actions and the resources that they allow',
  check: ({ type, props }) => policiesOf(type, props).flatMap(statementsOf).flatMap(problemsOf),
};
