import { startProcess } from '@cdk8s-event-platform/runtime';
import { DeadLetters } from './dead-letters.ts';
import { manifest } from './manifest.ts';

startProcess(manifest, ({ pool, metrics, log }) => ({
  deliveries: new DeadLetters(pool, metrics, log),
  workers: [],
}));
