// A venue's scanner without network: takes what it may, refuses what it must, loses nothing, and
// everything is accounted for exactly once when the network is back.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessible } from '../support/accessible.ts';
import { launch, result, textOf } from '../support/browser.ts';
import { chainOf, type Device, enrolled, keptBy, knows, learns, next, redemptions, scan, shown, waiting, wake } from '../support/devices.ts';
import { cut, mend } from '../support/line.ts';
import { passDigits } from '../../src/read/pass-text.ts';
import { api, BASE, issue, leftOf, type Pass, qrPng } from '../support/service.ts';

let browser: Browser;
/** The demonstration's programme gives two workshops of a pass a day; these tests need the last. */
let limited: Record<string, unknown> = {};

async function perDay(workshops: unknown): Promise<void> {
  const { name, terms } = limited;
  await api('operator', 'PATCH', '/v1/programmes/1', { name, terms: { ...(terms as object), workshops_a_day: workshops } });
}

beforeAll(async () => {
  browser = await launch();
  limited = await api('operator', 'GET', '/v1/programmes/1');
  await perDay(null);
});
afterAll(async () => {
  await perDay((limited['terms'] as Record<string, unknown>)['workshops_a_day']);
  await browser.close();
});

/** Of two devices that took the last workshop both, the verdict of the second. */
const SECOND = 'conflict';

async function digitsOf(pass: Pass): Promise<string> {
  return passDigits(await textOf(await qrPng(pass))) ?? '';
}

async function redeemOnline(venue: string, { code }: Pass, workshops: number): Promise<void> {
  const id = crypto.randomUUID();
  await api('scanner', 'POST', '/v1/redemptions', { id, venue, code, workshops });
}

async function end(...devices: readonly Device[]): Promise<void> {
  for (const { errors, foreign, context } of devices) {
    expect([errors, foreign]).toEqual([[], []]);
    await context.close();
  }
}

it('a day without network is accounted for exactly once', async () => {
  const device = await enrolled(browser);
  const { page } = device;
  const [valid, other, typed, last, cancelled, used] =
    [await issue(), await issue(), await issue(), await issue(), await issue(), await issue()];
  await api('agent', 'POST', `/v1/vouchers/${cancelled.id}/cancel`, {});
  await redeemOnline(device.venue, used, 5);
  await redeemOnline(device.venue, last, 4);
  const texts = new Map<Pass, string>();
  for (const pass of [valid, other, last]) texts.set(pass, await digitsOf(pass));
  const text = (pass: Pass): string => texts.get(pass) ?? '';
  await learns(page);
  await cut(device);
  await page.locator('.standing [data-network="offline"]').waitFor();

  expect(await scan(device, text(valid), 'recorded')).toMatch(/Accepté, à confirmer[^]*Il resterait 4 ateliers[^]*moins d’une minute/);
  await accessible(page, 'taken without network');
  // Another one of the same pass is asked for, as online.
  await page.getByText('Un autre atelier').click();
  await page.getByText('Il resterait 3 ateliers').waitFor();
  await page.waitForTimeout(450);
  await next(device);
  expect(await scan(device, text(last), 'recorded')).toContain('Ce serait le dernier atelier');
  await next(device);
  await page.fill('#code', typed.code);
  await page.keyboard.press('Enter');
  expect(await result(device, 'recorded')).toContain('Gardé, non vérifié');
  await page.waitForTimeout(450);
  await next(device);
  await waiting(device, 4);

  // Refused: already used, forged, expired.
  expect(await scan(device, text(last), 'refused')).toMatch(/Tous les ateliers[^]*Ici[^]*sans réseau/);
  await next(device);
  const place = text(other).length - 1;
  const forged = text(other).slice(0, place) + (Number(text(other).charAt(place)) + 1) % 10;
  expect(await scan(device, forged, 'refused')).toMatch(/pas authentique[^]*sans réseau/);
  await next(device);
  await page.evaluate(() => {
    const own = Date.now;
    Date.now = () => own() + 1_000 * 86_400_000;
    addEventListener('test-clock', () => { Date.now = own; });
  });
  expect(await scan(device, text(other), 'refused')).toMatch(/plus valable depuis le \d+/);
  await page.evaluate(() => dispatchEvent(new Event('test-clock')));
  await next(device);
  await waiting(device, 4);

  // Closed, and opened again without network.
  await page.close();
  const opened: Device = { ...device, page: await device.context.newPage() };
  await opened.page.goto(`${BASE}/scan`);
  await opened.page.locator('.ready #code').waitFor();
  await opened.page.locator('.standing [data-network="offline"]').waitFor();
  await waiting(opened, 4);
  await accessible(opened.page, 'without network');
  expect(await scan(opened, text(last), 'refused')).toMatch(/Tous les ateliers[^]*Ici/);
  await next(opened);
  expect(await scan(opened, text(other), 'recorded')).toContain('Il resterait 4 ateliers');
  await next(opened);
  await waiting(opened, 5);
  await opened.page.goto(`${BASE}/scan#today`);
  await opened.page.locator('[data-fate="waiting"]').nth(4).waitFor();
  await accessible(opened.page, 'what waits');
  expect(await redemptions(device)).toHaveLength(0);

  await mend(opened);
  await waiting(opened, 0);
  await opened.page.locator('[data-fate="accepted"]').nth(4).waitFor();
  expect(await opened.page.locator('.own-history li').count()).toBe(5);
  expect(await Promise.all([valid, other, typed, last].map(leftOf))).toEqual([3, 4, 4, 0]);
  const counted = await redemptions(device);
  expect(counted).toHaveLength(5);
  expect(new Set(counted.map((one) => one['seq'])).size).toBe(5);
  await expect.poll(() => chainOf(device)).toEqual([5, 0, 0]);
  // Only ids stay: no text, no signature.
  const kept = await keptBy(opened.page);
  for (const pass of [valid, other, last]) expect(kept).not.toContain(text(pass));
  expect(kept).not.toContain(typed.code);
  expect(kept).not.toMatch(/eyJ[\w-]{20}/);
  // And once more nothing is sent: what is known is known.
  await learnsAgain(opened);
  expect(await redemptions(device)).toHaveLength(5);
  await end(opened);
});

async function learnsAgain({ page }: Device): Promise<void> {
  await page.goto(`${BASE}/scan#scan`);
  await learns(page);
}

it('a pass that was cancelled or used up elsewhere is refused by the feed', async () => {
  const [cancelled, used, suspended] = [await issue(), await issue(), await issue()];
  const texts = [await digitsOf(cancelled), await digitsOf(used), await digitsOf(suspended)];
  const device = await enrolled(browser);
  await api('agent', 'POST', `/v1/vouchers/${cancelled.id}/cancel`, {});
  await redeemOnline(device.venue, used, 5);
  await learns(device.page);
  await cut(device);
  for (const text of texts.slice(0, 2)) {
    expect(await scan(device, text, 'refused')).toContain('n’ouvre plus d’atelier');
    await next(device);
  }
  expect(await scan(device, texts[2] ?? '', 'recorded')).toContain('Il resterait 4 ateliers');
  await next(device);
  await mend(device);
  await waiting(device, 0);
  expect(await redemptions(device)).toHaveLength(1);
  await end(device);
});

it('the last workshop that two devices took is told to both', async () => {
  const pass = await issue();
  const text = await digitsOf(pass);
  const [one, two] = [await enrolled(browser), await enrolled(browser)];
  await redeemOnline(one.venue, pass, 4);
  for (const device of [one, two]) {
    await learns(device.page);
    await cut(device);
    expect(await scan(device, text, 'recorded')).toContain('Ce serait le dernier atelier');
    await next(device);
  }
  for (const device of [one, two]) {
    await mend(device);
    await waiting(device, 0);
    await device.page.goto(`${BASE}/scan#today`);
  }
  await one.page.locator('[data-fate="accepted"]').waitFor();
  await two.page.locator(`[data-fate="${SECOND}"]`).waitFor();
  await two.page.locator('.standing').getByText('1 atelier à signaler').waitFor();
  await accessible(two.page, 'a verdict that somebody must see');
  // Both see it: the first one keeps its pay.
  await one.page.reload();
  await one.page.getByText('un autre appareil a pris le même atelier').waitFor();
  const { items } = await api('analyst', 'GET', '/v1/conflicts');
  expect((items as { device: string }[]).filter(({ device }) => device === two.id)).toHaveLength(1);
  expect([await leftOf(pass), (await redemptions(one)).length, (await redemptions(two)).length]).toEqual([0, 1, 0]);
  await end(one, two);
});

it('two windows of one device make one chain, and one of them hands it over', async () => {
  const passes = [await issue(), await issue(), await issue()];
  const texts = await Promise.all(passes.map(digitsOf));
  const device = await enrolled(browser);
  await redeemOnline(device.venue, passes[2] ?? passes[0] as Pass, 4);
  await learns(device.page);
  const other: Device = { ...device, page: await device.context.newPage() };
  await other.page.goto(`${BASE}/scan`);
  await knows(other.page);
  await cut(device);
  for (const text of texts.slice(0, 2)) {
    expect(await Promise.all([device, other].map((one) => shown(one, text)))).toEqual(['recorded', 'recorded']);
    await device.page.waitForTimeout(450);
    await Promise.all([device, other].map(next));
  }
  // The last one of a pass goes to one of the two.
  const both = await Promise.all([device, other].map((one) => shown(one, texts[2] ?? '')));
  expect(both.sort()).toEqual(['recorded', 'refused']);
  await waiting(device, 5);
  await waiting(other, 5);
  await mend(device);
  await Promise.all([waiting(device, 0), waiting(other, 0)]);
  expect(await Promise.all(passes.map(leftOf))).toEqual([3, 3, 0]);
  await expect.poll(() => chainOf(device)).toEqual([5, 0, 0]);
  expect(await redemptions(device)).toHaveLength(5);
  await end(device);
});

it('an attempt whose answer never came is recorded, and counts once', async () => {
  const pass = await issue();
  const text = await digitsOf(pass);
  const device = await enrolled(browser);
  await device.context.route('**/v1/redemptions', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    // The service hears it; the device does not hear the service.
    await route.fetch().catch(() => undefined);
    return undefined;
  });
  expect(await scan(device, text, 'recorded')).toContain('Il resterait 4 ateliers');
  await expect.poll(() => leftOf(pass)).toBe(4);
  await device.context.unroute('**/v1/redemptions');
  await waiting(device, 0);
  await next(device);
  await device.page.goto(`${BASE}/scan#today`);
  await device.page.locator('[data-fate="replayed"]').waitFor();
  expect([await leftOf(pass), (await redemptions(device)).length]).toEqual([4, 1]);
  await end(device);
});

it('what was taken is handed over by the worker when its page is gone', async () => {
  const pass = await issue();
  const text = await digitsOf(pass);
  const device = await enrolled(browser);
  await cut(device);
  await scan(device, text, 'recorded');
  const other = await device.context.newPage();
  await device.page.close();
  // The network is back, and no scanner is open.
  await mend(device);
  await other.goto(`${BASE}/login`);
  await wake(other);
  await expect.poll(() => leftOf(pass), { timeout: 20_000 }).toBe(4);
  await other.goto(`${BASE}/scan`);
  await waiting({ ...device, page: other }, 0);
  expect(await redemptions(device)).toHaveLength(1);
  await end(device);
});

it('a workshop that cannot be written down is not called accepted', async () => {
  const pass = await issue();
  const text = await digitsOf(pass);
  const device = await enrolled(browser);
  const { page } = device;
  await cut(device);
  await page.evaluate(() => {
    const own = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError'); };
    addEventListener('test-room', () => { IDBObjectStore.prototype.add = own; });
  });
  expect(await scan(device, text, 'unkept')).toContain('Pas enregistré');
  await accessible(page, 'not recorded');
  await page.keyboard.press('Escape');
  await page.waitForTimeout(200);
  await result(device, 'unkept');
  await waiting(device, 0);
  await page.evaluate(() => dispatchEvent(new Event('test-room')));
  await page.getByText('Réessayer').last().click();
  await result(device, 'recorded');
  await waiting(device, 1);
  await mend(device);
  await waiting(device, 0);
  expect(await leftOf(pass)).toBe(4);
  await end(device);
});

it('a browser that is too old for it says so, and redeems with network', async () => {
  const pass = await issue();
  const text = await digitsOf(pass);
  const device = await enrolled(browser);
  await device.context.addInitScript(() => { Reflect.deleteProperty(Navigator.prototype, 'locks'); });
  await device.page.reload();
  await device.page.locator('.standing').getByText('Sans réseau, ce navigateur ne garde pas').waitFor();
  expect(await scan(device, text, 'accepted')).toContain('Il reste 4 ateliers');
  expect(await leftOf(pass)).toBe(4);
  await accessible(device.page, 'in an old browser');
  await end(device);
});

it('a device that was withdrawn meanwhile still hands over, before anybody may forget it', async () => {
  const pass = await issue();
  const text = await digitsOf(pass);
  const device = await enrolled(browser);
  const { page } = device;
  await cut(device);
  await scan(device, text, 'recorded');
  await next(device);
  await api('supervisor', 'POST', `/v1/devices/${device.id}/revoke`, {});
  await mend(device);
  await page.getByRole('heading', { name: /a été retiré/ }).waitFor({ timeout: 30_000 });
  await waiting(device, 0);
  await page.getByText('Continuer avec un compte').waitFor();
  const { items } = await api('operator', 'GET', '/v1/quarantine');
  expect((items as { device: string; cause: string }[]).filter((one) => one.device === device.id)).toMatchObject([{ cause: 'device_revoked' }]);
  expect(await leftOf(pass)).toBe(5);
  await end(device);
});
