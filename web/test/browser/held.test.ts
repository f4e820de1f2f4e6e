// A workshop that a signal shows: accepted for whoever holds the pass, told to the venue.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessible } from '../support/accessible.ts';
import { launch, logIn, ready, result } from '../support/browser.ts';
import { api, issue, leftOf } from '../support/service.ts';

let browser: Browser;
/** The programme as the demonstration has it; here the second workshop of a day is looked at, and
 * nothing else: the tests before have taken many at this venue. */
let usual: Record<string, unknown> = {};

beforeAll(async () => {
  browser = await launch();
  usual = await api('operator', 'GET', '/v1/programmes/1');
  const terms = usual['terms'] as { holds?: object };
  await amend({ ...terms, holds: { ...terms.holds, workshops_a_day: 1, redemptions_in_10_minutes: null } });
});
afterAll(async () => {
  await amend(usual['terms'] as object);
  await browser.close();
});

async function amend(terms: object): Promise<void> {
  await api('operator', 'PATCH', '/v1/programmes/1', { name: usual['name'], terms });
}

it('a held workshop is accepted, and the venue reads that and why its payment waits', async () => {
  const pass = await issue();
  const one = await logIn(browser, 'scanner');
  const { page } = one;
  await ready(one);
  await page.fill('#code', pass.code);
  await page.keyboard.press('Enter');
  expect(await result(one, 'accepted')).not.toContain('vérification');
  await page.getByRole('button', { name: 'Un autre atelier' }).click();
  await page.locator('dialog [data-held]').waitFor();
  // Green, with what is left of the pass, as any other.
  expect(await result(one, 'accepted')).toMatch(/^\s*Accepté[^]*Il reste 3 ateliers[^]*paiement après vérification/);
  await accessible(page, 'a held workshop');
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.getByText('Pass suivant').click();
  await page.click('text=Aujourd’hui');
  const line = page.locator('.history-list li').first();
  await line.getByText('beaucoup d’ateliers du pass le même jour').waitFor();
  await accessible(page, 'a held workshop in the list of the day');
  await page.click('#language');
  await page.locator('.history-list li').first().getByText('Paid once another person has looked').waitFor();

  // Somebody else looks, and says that it is paid.
  const { items } = await api('operator', 'GET', '/v1/holds?limit=200');
  const held = (items as Record<string, unknown>[]).find(({ voucher }) => voucher === pass.id);
  await api('operator', 'POST', `/v1/holds/${String(held?.['id'])}/decision`, { released: true, note: 'Liste signée vue' });
  await page.reload();
  await page.locator('.history-list [data-held="released"]').first().waitFor();
  expect(await leftOf(pass)).toBe(3);
  expect([one.errors, one.foreign]).toEqual([[], []]);
  await one.context.close();
});
