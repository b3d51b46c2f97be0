/** What `npm run synth` runs: every environment into its folder of `dist/`, layer by layer. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderPlatform } from 'cdk8s-event-platform';
import { ENVIRONMENTS } from './environments.ts';
import { platformOf } from './platform.ts';

const dist = process.env.CDK8S_OUTDIR ?? 'dist';
for (const [name, environment] of Object.entries(ENVIRONMENTS)) {
  const folder = join(dist, name);
  const layers = renderPlatform(platformOf(environment));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { layer, objects, yaml } of layers) {
    writeFileSync(join(folder, `${layer}.yaml`), yaml);
    console.log(`${join(folder, `${layer}.yaml`).padEnd(48)} ${objects.length} objects`);
  }
}
