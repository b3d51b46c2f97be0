/** Declares the objects of a file as cdk8s' ApiObjects, and renders these: `raw.ts FILE`. */
import { ApiObject, App, Chart } from 'cdk8s';
import { readObjects } from '../objects-file.ts';

const objects = readObjects(process.argv[2]!);
const started = performance.now();
const app = new App();
const chart = new Chart(app, 'raw');
objects.forEach((object, index) => new ApiObject(chart, `object-${index}`, object));
const yaml = app.synthYaml();
const milliseconds = performance.now() - started;

console.log(JSON.stringify({ milliseconds, objects: objects.length, bytes: yaml.length }));
