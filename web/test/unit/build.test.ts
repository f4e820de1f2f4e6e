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

function unpacked(file: string): Buffer {
  return gunzipSync(readFileSync(file));
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
  expect(files(first)).toContain('index.html.gz');
});

it('the first view is small without the decoder', () => {
  const shown = files(first).filter((name) => /index.*\.(?:html|js|css)\.gz$/.test(name));
  expect(shown).toHaveLength(3);
  const bytes = shown.reduce((sum, name) => sum + unpacked(join(first, name)).length, 0);
  expect(bytes).toBeLessThan(FIRST_VIEW_BYTES);
});

it('what is worth it is there compressed alone, twice the same, and the worker keeps its own name', () => {
  const compressed = files(first).filter((name) => name.endsWith('.gz'));
  expect(compressed.length).toBeGreaterThan(4);
  for (const name of compressed) {
    const plain = name.slice(0, -'.gz'.length);
    const brotli = brotliDecompressSync(readFileSync(join(first, `${plain}.br`)));
    expect(brotli.equals(unpacked(join(first, name))), name).toBe(true);
    expect(files(first)).not.toContain(plain);
  }
  const worker = unpacked(join(first, 'sw.js.gz')).toString();
  expect(worker).toMatch(/index-[\w-]+\.js/);
  expect(worker).not.toMatch(/\.(?:br|gz)["'`]/);
});
