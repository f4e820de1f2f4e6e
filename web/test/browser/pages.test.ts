// Every page that each role is offered, in both languages, light and dark.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '../support/accessible.ts';
import { launch, logIn, open } from '../support/browser.ts';
import { BASE, PEOPLE } from '../support/service.ts';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

const READERS = [
  { locale: 'fr-FR', colorScheme: 'light' },
  { locale: 'en-GB', colorScheme: 'dark' },
] as const;
const roles = new Map([...PEOPLE].reverse().map((one) => [one.role, one]));

describe.each(READERS)('in $locale, $colorScheme', (reader) => {
  const options = { ...reader, viewport: { width: 1280, height: 900 } };

  it.each([...roles.values()])('the pages of $role', async (login) => {
    const { page, context, errors, foreign } = await logIn(browser, login, options);
    await accessible(page, `${login.role} ${new URL(page.url()).pathname}`);
    const ways = await page.$$eval('header nav a', (links) => links.map((one) => one.getAttribute('href')));
    for (const way of ways) {
      if (way === null || way.startsWith('#')) continue;
      await page.goto(BASE + way);
      await accessible(page, `${login.role} ${way}`);
    }
    expect([errors, foreign]).toEqual([[], []]);
    await context.close();
  });

  it('the pages of nobody', async () => {
    const { page, context, errors, foreign } = await open(browser, options);
    for (const way of ['/login', '/nothing-here', `/${'9'.repeat(204)}`]) {
      await page.goto(BASE + way);
      await accessible(page, way);
    }
    expect([errors, foreign]).toEqual([[], []]);
    await context.close();
  });
});
