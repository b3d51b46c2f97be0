// Pulumi starts this with plain Node: TypeScript is read as it is, without a build.
import { join } from 'node:path';
import { register } from 'tsx/esm/api';

// Wherever it is started: the names of this repository's packages are in there.
register({ tsconfig: join(import.meta.dirname, '..', 'tsconfig.json') });
const { deploy } = await import('./main.ts');
export default deploy;
