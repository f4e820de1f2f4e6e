// A key of the service leaked: without network a scanner takes what the service issued with it, and
// nothing of what a thief signs.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { passDigits } from '../../../src/read/pass-text.ts';
import { accessible } from '../../support/accessible.ts';
import { launch, textOf } from '../../support/browser.ts';
import { enrolled, learns, next, redemptions, scan, waiting } from '../../support/devices.ts';
import { cut, mend } from '../../support/line.ts';
import { api, issue, leftOf, type Pass, qrPng } from '../../support/service.ts';
import { declareLeak, forged, signedBy } from '../../support/thief.ts';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(async () => { await browser.close(); });

async function digitsOf(pass: Pass): Promise<string> {
  return passDigits(await textOf(await qrPng(pass))) ?? '';
}

/** The lists of genuine passes that this browser has whole, by key. */
function lists(page: Page): Promise<readonly unknown[]> {
  return page.evaluate(async () => {
    const whole = <T>(asking: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
      asking.onsuccess = () => { resolve(asking.result); };
      asking.onerror = () => { reject(new Error('not read')); };
    });
    const database = await whole(indexedDB.open('scan'));
    const store = database.transaction('leaked').objectStore('leaked');
    const [keys, values] = [await whole(store.getAllKeys()), await whole<{ whole: boolean }[]>(store.getAll())];
    database.close();
    return keys.filter((_, i) => values[i]?.whole);
  });
}

it('of a key that leaked a scanner without network takes what was issued and nothing else', async () => {
  const pass = await issue();
  const genuine = await digitsOf(pass);
  const kid = signedBy(genuine);
  const device = await enrolled(browser);
  await cut(device);
  // Before anybody knows, a good signature is all there is to go by.
  expect(await scan(device, forged(genuine, 1n), 'recorded')).toContain('à confirmer');
  await next(device);
  await mend(device);
  await waiting(device, 0);
  const { items } = await api('operator', 'GET', '/v1/quarantine');
  expect((items as { device: string; cause: string }[]).filter((one) => one.device === device.id)).toMatchObject([{ cause: 'voucher_unknown' }]);

  declareLeak(kid);
  const later = await issue();
  const signed = await digitsOf(later);
  expect(signedBy(signed)).not.toBe(kid);
  await learns(device.page);
  await expect.poll(() => lists(device.page)).toEqual([kid]);
  await cut(device);
  expect(await scan(device, forged(genuine, 2n), 'refused')).toMatch(/La clé qui a signé ce pass n’est pas valable[^]*sans réseau/);
  await accessible(device.page, 'a pass of a thief');
  await next(device);
  for (const digits of [genuine, signed]) {
    expect(await scan(device, digits, 'recorded')).toContain('Il resterait 4 ateliers');
    await next(device);
  }
  await mend(device);
  await waiting(device, 0);
  expect([await leftOf(pass), await leftOf(later), (await redemptions(device)).length]).toEqual([4, 4, 2]);
  expect([device.errors, device.foreign]).toEqual([[], []]);
  await device.context.close();
});
