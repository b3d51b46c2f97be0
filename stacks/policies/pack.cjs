/* global module */
// Pulumi starts this with plain Node, and waits for it: TypeScript is read as it is, without a build.
module.exports = import('tsx/esm/api').then(({ register }) => {
  register();
  return import('./pack.ts');
});
