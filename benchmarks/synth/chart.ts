import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toYaml } from '../../constructs/core/yaml.ts';
import { readObjects } from './objects-file.ts';

/** Objects in one template. */
const OBJECTS_PER_TEMPLATE = 50;

/** What Helm would take for its own stays as it is. */
function escaped(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}

/** Writes the objects of a file as a chart of Helm; its folder. */
export function writeChart(objectsFile: string, folder: string): string {
  const chart = join(folder, 'chart');
  const templates = join(chart, 'templates');
  mkdirSync(templates, { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: platform\nversion: 1.0.0\n');
  const objects = readObjects(objectsFile);
  for (let from = 0; from < objects.length; from += OBJECTS_PER_TEMPLATE) {
    const number = String(from / OBJECTS_PER_TEMPLATE).padStart(4, '0');
    writeFileSync(
      join(templates, `${number}.yaml`),
      escaped(toYaml(objects.slice(from, from + OBJECTS_PER_TEMPLATE))),
    );
  }
  return chart;
}
