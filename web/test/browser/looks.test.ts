// The operator's name and colour on the scanner, also when the network is gone.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, logIn, type Opened, ready } from '../support/browser.ts';
import { cut, mend } from '../support/line.ts';
import { api } from '../support/service.ts';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

function worn({ page }: Opened): Promise<[string | undefined, string]> {
  return page.evaluate(() => [
    document.querySelector('.brand')?.textContent ?? undefined,
    getComputedStyle(document.documentElement).getPropertyValue('--accent').trim(),
  ]);
}

it('the scanner wears the operator’s looks, and keeps them without network', async () => {
  await api('operator', 'PATCH', '/v1/looks', { name: 'Agence & <Numérique>', accent: '#7a1f5c' });
  try {
    const one = await logIn(browser, 'scanner', { colorScheme: 'light' });
    await ready(one);
    await one.page.getByText('Agence & <Numérique>').waitFor();
    expect(await worn(one)).toEqual(['Agence & <Numérique>', '#7a1f5c']);
    await one.page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
    await cut(one);
    await one.page.reload();
    await one.page.getByText('Agence & <Numérique>').waitFor();
    expect((await worn(one))[0]).toBe('Agence & <Numérique>');
    await mend(one);
    expect([one.errors, one.foreign]).toEqual([[], []]);
    await one.context.close();
  } finally {
    await api('operator', 'PATCH', '/v1/looks', { name: 'Pass numérique', accent: '#1f4fa8' });
  }
  const after = await logIn(browser, 'scanner', { colorScheme: 'light' });
  await ready(after);
  await after.page.waitForFunction(() => document.querySelector('link[data-looks]') !== null);
  expect(await worn(after)).toEqual(['Pass numérique', '#1f4fa8']);
  await after.context.close();
});
