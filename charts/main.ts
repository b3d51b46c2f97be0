/** What `npx cdk8s synth` runs: every environment into its folder below the output folder. */
import { renderAll } from './render.ts';
import { removeOthers, writeFiles } from './write-files.ts';

const folder = process.env.CDK8S_OUTDIR ?? 'dist';
const files = renderAll();
writeFiles(folder, files);
removeOthers(folder, files);
