import { startProcess } from '../runtime/internal.ts';
import { DeadLetters } from './dead-letters.ts';
import { manifest } from './manifest.ts';

startProcess(manifest, ({ pool, metrics, log }) => ({
  deliveries: new DeadLetters(pool, metrics, log),
  workers: [],
}));
