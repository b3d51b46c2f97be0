import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readEventKeys } from './event-keys.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'event-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('reads every file of a mounted ConfigMap, and not the entries that Kubernetes keeps beside', () => {
  mkdirSync(join(folder, '..2026_11_28'));
  writeFileSync(join(folder, '..2026_11_28', '001.jsonl'), '["a","id"]\n["b","user_id"]\n');
  writeFileSync(join(folder, '..2026_11_28', '002.jsonl'), '["c","order_id"]\n');
  symlinkSync('..2026_11_28', join(folder, '..data'));
  symlinkSync(join('..data', '001.jsonl'), join(folder, '001.jsonl'));
  symlinkSync(join('..data', '002.jsonl'), join(folder, '002.jsonl'));
  expect([...readEventKeys(folder)]).toEqual([
    ['a', 'id'],
    ['b', 'user_id'],
    ['c', 'order_id'],
  ]);
});

it('reads the properties of a composite key', () => {
  writeFileSync(join(folder, '001.jsonl'), '["a","id"]\n["b",["tenant","env"]]\n');
  expect([...readEventKeys(folder)]).toEqual([
    ['a', 'id'],
    ['b', ['tenant', 'env']],
  ]);
});

it('knows no keys where the manifest has no files', () => {
  expect(readEventKeys(join(folder, 'missing')).size).toBe(0);
});

it('fails for a file that it cannot read', () => {
  writeFileSync(join(folder, '001.jsonl'), 'no JSON\n');
  expect(() => readEventKeys(folder)).toThrow(SyntaxError);
});
