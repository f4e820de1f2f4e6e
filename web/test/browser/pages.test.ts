// Every page that each role is offered, in both languages, light and dark.

import type { Browser, Page } from 'playwright-core';
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

/** Where the links of a kind lead on this site. */
async function places(page: Page, links: string): Promise<string[]> {
  const all = await page.$$eval(links, (found) => found.map((one) => one.getAttribute('href') ?? ''));
  return all.filter((way) => way.startsWith('/'));
}

describe.each(READERS)('in $locale, $colorScheme', (reader) => {
  const options = { ...reader, viewport: { width: 1280, height: 900 } };

  it.each([...roles.values()])('the pages of $role', async (login) => {
    const { page, context, errors, foreign } = await logIn(browser, login, options);
    await accessible(page, `${login.role} ${new URL(page.url()).pathname}`);
    // The pages of the head, the sections of the registry, and the forms that they offer.
    const waiting = await places(page, 'header nav a');
    const seen = new Set(waiting);
    for (const way of waiting) {
      await page.goto(BASE + way);
      await accessible(page, `${login.role} ${way}`);
      for (const next of await places(page, '.sections a, .actions a[href$="/activate"], .actions a[href$="/new"], .actions a[href$="/import"]')) {
        if (!seen.has(next)) waiting.push(next);
        seen.add(next);
      }
    }
    expect([errors, foreign]).toEqual([[], []]);
    await context.close();
  });

  it('the pages of nobody', async () => {
    const { page, context, errors, foreign } = await open(browser, options);
    for (const way of ['/login', '/accessibility', '/forgot', '/password/nothing', '/nothing-here', `/${'9'.repeat(204)}`]) {
      await page.goto(BASE + way);
      await accessible(page, way);
    }
    expect([errors, foreign]).toEqual([[], []]);
    await context.close();
  });
});
