/** Declares and renders a platform: `platform.ts CONSUMERS [FILE]`. The file gets what is rendered. */
import { renderPlatform } from '../../../constructs/index.ts';
import { manyConsumers } from '../../../constructs/testing/many-consumers.ts';
import { writeObjects } from '../objects-file.ts';

const [consumers, file] = process.argv.slice(2);
const started = performance.now();
const layers = renderPlatform(manyConsumers(Number(consumers)));
const milliseconds = performance.now() - started;

const objects = layers.flatMap((layer) => layer.objects);
if (file !== undefined) {
  writeObjects(file, objects);
}
const bytes = layers.reduce((sum, { yaml }) => sum + yaml.length, 0);
console.log(JSON.stringify({ milliseconds, objects: objects.length, bytes }));
