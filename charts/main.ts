/** What `npx cdk8s synth` runs: every environment into its folder below the output folder. */
import { renderAll } from './render.ts';
import { writeFiles } from './write-files.ts';

writeFiles(process.env.CDK8S_OUTDIR ?? 'dist', renderAll());
