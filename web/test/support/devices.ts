// Enrolled devices in browsers of their own.

import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { open, type Opened, press, result } from './browser.ts';
import { keysOf } from './passes.ts';
import { api, BASE } from './service.ts';

export interface Device extends Opened { readonly id: string; readonly venue: string }

type Options = Parameters<Browser['newContext']>[0];

/** Added by the supervisor for one venue, enrolled, and with everything learnt and installed. */
export async function enrolled(browser: Browser, options: Options = {}): Promise<Device> {
  const { items } = await api('supervisor', 'GET', '/v1/venues?limit=200');
  const venues = Array.isArray(items) ? items.filter((venue: { active?: boolean }) => venue.active) : [];
  const venue = String((venues[0] as { id: string } | undefined)?.id);
  const added = await api('supervisor', 'POST', '/v1/devices', { name: `Tablette ${randomUUID().slice(0, 8)}`, venues: [venue] });
  const { link } = added['enrolment'] as { link: string };
  const { pathname, hash } = new URL(link);
  const opened = await open(browser, options);
  const { page, context } = opened;
  // When a worker is woken is said here, by `wake`.
  await context.addInitScript(() => { Reflect.deleteProperty(ServiceWorkerRegistration.prototype, 'sync'); });
  await page.goto(BASE + pathname + hash);
  await page.locator('main button').click();
  await page.locator('h1', { hasText: /enrôlé|enrolled/ }).waitFor();
  await page.locator('main button').click();
  await knows(page);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
  return { ...opened, id: /enrol=(\d+)\./.exec(hash)?.[1] ?? '', venue };
}

/** Waits until a page has everything that the service had to tell when it was loaded. */
export async function knows(page: Page): Promise<void> {
  await page.locator('.ready #code').waitFor();
  await page.locator('.standing [data-network="online"]').waitFor();
  await page.locator('.standing [data-freshness="fresh"]').waitFor();
}

/** Loaded again, and heard what is new since. */
export async function learns(page: Page): Promise<void> {
  const heard = page.waitForResponse((answer) => answer.url().includes('/v1/devices/self/report'));
  await page.reload();
  await heard;
  await knows(page);
}

/** Scans, and says which state fills the screen then. */
export async function shown(device: Opened, digits: string): Promise<string | null> {
  const dialog = device.page.locator('dialog.result[open]:not([data-look="sending"])');
  for (let tries = 0; ; tries += 1) {
    await press(device, keysOf(digits, {}));
    await dialog.waitFor();
    const state = await dialog.getAttribute('data-state');
    // A busy machine may cut a scan in two: whoever holds the scanner does it again.
    if (state !== 'unreadable' || tries === 3) return state;
    await device.page.waitForTimeout(450);
    await next(device);
  }
}

/** Scans as a hand scanner does, and reads what fills the screen. */
export async function scan(device: Opened, digits: string, state: string): Promise<string> {
  await shown(device, digits);
  const said = await result(device, state);
  // A touch that was meant for what was there before is not heard.
  await device.page.waitForTimeout(450);
  return said;
}

export async function next({ page }: Opened): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('dialog.result[open]').waitFor({ state: 'hidden' });
}

/** Wakes the worker of the scanner as the browser does when the network is back. */
export async function wake(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const found = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      for (const { scopeURL, registrationId } of registrations) if (scopeURL.endsWith('/scan')) resolve(registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  await session.send('ServiceWorker.dispatchSyncEvent', {
    origin: BASE, registrationId: await found, tag: 'scan-records', lastChance: false,
  });
  await session.detach();
}

export async function waiting({ page }: Opened, count: number): Promise<void> {
  await page.locator(`.standing [data-waiting="${count}"]`).waitFor({ timeout: 30_000 });
}

/** Everything that this browser keeps in its database, as text. */
export function keptBy(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const whole = <T>(asking: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
      asking.onsuccess = () => { resolve(asking.result); };
      asking.onerror = () => { reject(new Error('not read')); };
    });
    const database = await whole(indexedDB.open('scan'));
    const all: unknown[] = [];
    for (const name of ['records', 'spends', 'chain', 'feed']) all.push(await whole(database.transaction(name).objectStore(name).getAll()));
    database.close();
    return JSON.stringify(all) + JSON.stringify({ ...localStorage });
  });
}

/** What the service has of a device: its redemptions, newest first, and how its chain stands. */
export async function redemptions({ id, venue }: Device): Promise<readonly Record<string, unknown>[]> {
  const { items } = await api('supervisor', 'GET', `/v1/redemptions?venue=${venue}&limit=200`);
  return (items as Record<string, unknown>[]).filter((one) => one['device'] === id);
}

export async function chainOf({ id }: Device): Promise<readonly unknown[]> {
  const { records, missing, queued } = await api('supervisor', 'GET', `/v1/devices/${id}`);
  return [records, missing, queued];
}
