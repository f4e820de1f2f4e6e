// The build itself: the same from the same files, small, and all of it compressed ahead.

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';

const FIRST_VIEW_BYTES = 200_000;
const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'scanner-build-')));
const ROOT = join(import.meta.dirname, '../..');

function files(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return all.filter((name) => statSync(join(folder, name)).isFile()).sort();
}

const [first = '', second = ''] = folders;

beforeAll(async () => {
  for (const outDir of folders) {
    await build({ root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: 'error', build: { outDir } });
  }
}, 120_000);
afterAll(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }); });

it('two builds are the same, byte for byte', () => {
  const digests = (folder: string): string[] => files(folder).map((name) =>
    `${name} ${createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')}`);
  expect(digests(second)).toEqual(digests(first));
  expect(files(first)).toContain('index.html');
});

it('the first view is small without the decoder', () => {
  const shown = files(first).filter((name) => /index.*\.(?:html|js|css)$/.test(name));
  expect(shown).toHaveLength(3);
  const bytes = shown.reduce((sum, name) => sum + statSync(join(first, name)).size, 0);
  expect(bytes).toBeLessThan(FIRST_VIEW_BYTES);
});

it('what is compressed is the file itself, and the worker does not keep it twice', () => {
  const compressed = files(first).filter((name) => /\.(?:br|gz)$/.test(name));
  expect(compressed.length).toBeGreaterThan(8);
  for (const name of compressed) {
    const bytes = readFileSync(join(first, name));
    const plain = name.endsWith('.br') ? brotliDecompressSync(bytes) : gunzipSync(bytes);
    expect(plain.equals(readFileSync(join(first, name.replace(/\.(?:br|gz)$/, '')))), name).toBe(true);
  }
  expect(readFileSync(join(first, 'sw.js'), 'utf8')).not.toMatch(/\.(?:br|gz)["'`]/);
});
