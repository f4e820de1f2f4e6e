// A new version of the scanner: it waits while somebody is at work, and comes in when nobody is.
// It needs a program that reads `dist` as it is, which a debug build does.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, logIn, ready } from '../support/browser.ts';

const WORKER = join(import.meta.dirname, '../../dist/sw.js');
const PACKED = ['br', 'gz'].map((ending) => `${WORKER}.${ending}`);
const text = gunzipSync(readFileSync(`${WORKER}.gz`)).toString();

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(async () => {
  rmSync(WORKER, { force: true });
  for (const path of PACKED) if (existsSync(`${path}.aside`)) renameSync(`${path}.aside`, path);
  await browser.close();
});

it('a new version waits while a code is being typed, and comes in when the field is empty', async () => {
  const one = await logIn(browser, 'scanner');
  await ready(one);
  const { page } = one;
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
  await page.evaluate(() => { document.body.dataset['loaded'] = 'before'; });
  await page.fill('#code', 'AB');
  // Another window of the same person, where nothing is under way, must not decide for this one.
  const other = await one.context.newPage();
  await other.goto(page.url());
  await other.waitForSelector('.ready #code');

  for (const path of PACKED) renameSync(path, `${path}.aside`);
  writeFileSync(WORKER, `${text}\n// another version\n`);
  await page.evaluate(async () => { await (await navigator.serviceWorker.ready).update(); });
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).waiting?.state === 'installed');
  // Longer than the page waits before it asks again.
  await page.waitForTimeout(7_000);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).waiting?.state)).toBe('installed');
  expect([await page.getAttribute('body', 'data-loaded'), await page.inputValue('#code')]).toEqual(['before', 'AB']);

  await page.fill('#code', '');
  await page.waitForFunction(() => document.body.dataset['loaded'] === undefined, undefined, { timeout: 20_000 });
  await ready(one);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).waiting)).toBeNull();
  expect([one.errors, one.foreign]).toEqual([[], []]);
  await one.context.close();
});
