import { withCode } from '@cdk8s-event-platform/contracts/internal';

/** Packages that a project installs beside this one: both have to use the same copy of them. */
const PEERS: Readonly<Record<string, () => unknown>> = {
  // Literal names, so that bundlers find them.
  /* eslint-disable @typescript-eslint/no-require-imports -- an import that fails cannot be caught */
  constructs: () => require('constructs') as unknown,
  cdk8s: () => require('cdk8s') as unknown,
  'cdk8s-plus-27': () => require('cdk8s-plus-27') as unknown,
  /* eslint-enable @typescript-eslint/no-require-imports */
};

/** What is missing of {@link PEERS}, in one line; undefined when nothing is. */
function missingPeers(): string | undefined {
  const missing = Object.entries(PEERS).flatMap(([name, load]) => {
    try {
      load();
      return [];
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return code === 'MODULE_NOT_FOUND' && message.includes(`'${name}'`) ? [name] : [];
    }
  });
  return missing.length === 0
    ? undefined
    : `cdk8s-event-platform needs ${missing.join(', ')} beside it: npm install ${missing.join(' ')}`;
}

// The package is CommonJS. As an ES module, in this repository, Node itself names what is missing.
const problem = typeof require === 'function' ? missingPeers() : undefined;
if (problem !== undefined) {
  throw new Error(withCode('EP1005', problem));
}
