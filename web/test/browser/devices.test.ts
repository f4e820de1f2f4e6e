// A device from its QR on: added by a supervisor, enrolled in another browser where nobody is
// logged in, redeeming, undoing, opened again, withdrawn.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '../support/accessible.ts';
import { launch, logIn, open, type Opened, press, result, textOf } from '../support/browser.ts';
import { keysOf } from '../support/passes.ts';
import { BASE, FOLDER, issue, leftOf, qrPng } from '../support/service.ts';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

/** What a telephone's camera reads of the page, as far as it stands behind the host. */
async function linkOf(page: Page): Promise<string> {
  writeFileSync(join(FOLDER, 'device.png'), await page.locator('.qr img').screenshot());
  const text = execFileSync('zbarimg', ['--quiet', '--nodbus', '--raw', 'device.png'], { cwd: FOLDER, encoding: 'utf8' });
  const { pathname, hash } = new URL(text.trim());
  return pathname + hash;
}

async function add(supervisor: Opened, name: string): Promise<string> {
  const { page } = supervisor;
  await page.goto(`${BASE}/devices/new`);
  await accessible(page, 'a new device');
  await page.fill('#name', name);
  await page.locator('main form button').click();
  await page.locator('.qr img').waitFor();
  await accessible(page, 'the QR of a device');
  return linkOf(page);
}

describe.each(['fr-FR', 'en-GB'])('in %s', (locale) => {
  it('is enrolled by its QR, redeems and undoes without a log-in, and stops when it is withdrawn', async () => {
    const name = `Tablette ${locale}`;
    const supervisor = await logIn(browser, 'supervisor', { locale });
    const link = await add(supervisor, name);

    const device = await open(browser, { locale });
    const { page } = device;
    await page.goto(BASE + link);
    await page.getByRole('heading', { level: 1, name: /Enr/ }).waitFor();
    expect(page.url()).not.toContain(link.split('.')[1]);
    await accessible(page, 'enrolling');
    await page.locator('main button').click();
    await page.getByText(name).waitFor();
    await accessible(page, 'enrolled');
    await page.locator('main button').click();
    await page.locator('#code').waitFor();

    const pass = await issue();
    await press(device, keysOf(await textOf(await qrPng(pass)), {}));
    await result(device, 'accepted');
    expect(await leftOf(pass)).toBe(4);
    await page.getByText(/Annuler cette validation|Undo this redemption/).click();
    await page.getByText(/Oui, annuler|Yes, undo/).click();
    await expect.poll(() => leftOf(pass)).toBe(5);

    // The key outlives the page; nobody can read it.
    await page.reload();
    await page.locator('#code').waitFor();
    const key = await page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open('scan');
        opening.onsuccess = () => { resolve(opening.result); };
        opening.onerror = () => { reject(new Error('not opened')); };
      });
      const kept = await new Promise<{ key: { signs: CryptoKey } }>((resolve) => {
        const asking = database.transaction('device').objectStore('device').get('identity');
        asking.onsuccess = () => { resolve(asking.result as { key: { signs: CryptoKey } }); };
      });
      return kept.key.signs.extractable;
    });
    expect(key).toBe(false);

    // The same QR enrols nobody else.
    const other = await open(browser, { locale });
    await other.page.goto(BASE + link);
    await other.page.locator('main button').click();
    await other.page.getByRole('heading', { name: /n’est pas enrôlé|is not enrolled/ }).waitFor();
    await accessible(other.page, 'not enrolled');

    await supervisor.page.goto(`${BASE}/devices`);
    await accessible(supervisor.page, 'the list of devices');
    await supervisor.page.getByRole('link', { name }).click();
    await supervisor.page.getByText(/^scan /).waitFor();
    await accessible(supervisor.page, 'a device');
    await supervisor.page.getByRole('link', { name: /Retirer|Withdraw/ }).click();
    await supervisor.page.locator('main form button').click();
    await supervisor.page.waitForURL(/done=saved/);

    await press(device, keysOf(await textOf(await qrPng(pass)), {}));
    await result(device, 'refused');
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByRole('heading', { name: /a été retiré|was withdrawn/ }).waitFor();
    await accessible(page, 'withdrawn');
    expect(await leftOf(pass)).toBe(5);
    for (const { foreign, context } of [supervisor, device, other]) {
      expect(foreign).toEqual([]);
      await context.close();
    }
  });
});
