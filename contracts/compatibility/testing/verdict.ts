import type { Schema } from '../schema-document.ts';

/** A kind of change of Confluent's registry, an example, and the registry's verdict on reading old data. */
export type Verdict = readonly [change: string, old: Schema, now: Schema, isCompatible: boolean];

export const TEXT = { type: 'string' };
export const COUNT = { type: 'integer', minimum: -100, maximum: 100 };
export const AMOUNT = { type: 'number' };

export const size = (more: object): Schema => ({ type: 'string', ...more });
export const rate = (more: object): Schema => ({ type: 'number', ...more });
export const list = (more: object): Schema => ({ type: 'array', ...more });
