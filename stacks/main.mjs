// Pulumi starts this with plain Node: TypeScript is read as it is, without a build.
import { register } from 'tsx/esm/api';

register();
const { deploy } = await import('./main.ts');
export default deploy;
