/* global module, __dirname */
// Pulumi starts this with plain Node, and waits for it: TypeScript is read as it is, without a build.
module.exports = import('tsx/esm/api').then(({ register }) => {
  // Wherever it is started: the names of this repository's packages are in there.
  register({ tsconfig: `${__dirname}/../../tsconfig.json` });
  return import('./pack.ts');
});
