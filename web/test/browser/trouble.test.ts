// What goes wrong at a counter: the network goes, an answer is lost, the camera is refused.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, logIn, type Opened, ready, result } from '../support/browser.ts';
import { cut, mend } from '../support/line.ts';
import { issue, leftOf } from '../support/service.ts';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

async function typed({ page }: Opened, code: string): Promise<void> {
  await page.fill('#code', code);
  await page.keyboard.press('Enter');
}

async function end({ errors, foreign, context }: Opened): Promise<void> {
  expect([errors, foreign]).toEqual([[], []]);
  await context.close();
}

it('what was not sent is kept over a reload without network, and counts once', async () => {
  const pass = await issue();
  const one = await logIn(browser, 'scanner');
  await ready(one);
  await one.page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
  await cut(one);
  await typed(one, pass.code);
  // The first failure is tried again quietly; the second is shown.
  const shown = one.page.locator('dialog.result[open][data-look="unsent"]');
  await shown.waitFor();
  await one.page.reload();
  await shown.waitFor();
  expect(await leftOf(pass)).toBe(5);
  await mend(one);
  expect(await result(one, 'accepted')).toContain('Il reste 4 ateliers');
  expect(await leftOf(pass)).toBe(4);
  expect(await one.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('scan.attempt.')))).toEqual([]);
  await end(one);
});

it('an answer that was lost on its way is the same answer when it is asked for again', async () => {
  const pass = await issue();
  const one = await logIn(browser, 'scanner');
  await ready(one);
  let lost = 0;
  await one.page.route('**/v1/redemptions', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort('connectionreset');
  });
  await typed(one, pass.code);
  expect(await result(one, 'accepted')).toContain('Il reste 4 ateliers');
  expect([lost, await leftOf(pass)]).toEqual([1, 4]);
  await end(one);
});

it('a camera that is refused says what to do, and the rest goes on', async () => {
  const pass = await issue();
  const one = await logIn(browser, 'scanner');
  await ready(one);
  await one.page.click('.camera button');
  await one.page.locator('.camera .trouble').waitFor();
  expect(await one.page.innerText('.camera')).toMatch(/La caméra n’est pas autorisée|Aucune caméra trouvée/);
  expect(await one.page.innerText('.camera')).toContain('Réessayer');
  await typed(one, pass.code);
  await result(one, 'accepted');
  expect(await leftOf(pass)).toBe(4);
  await end(one);
});

it('changes its language without losing what was typed elsewhere', async () => {
  const one = await logIn(browser, 'scanner');
  await ready(one);
  await one.page.click('#language');
  expect(await one.page.evaluate(() => document.documentElement.lang)).toBe('en');
  await one.page.reload();
  await one.page.getByRole('heading', { name: 'Redeem a digital pass' }).waitFor();
  await end(one);
});
