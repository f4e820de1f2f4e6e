// What axe cannot see: the way of the Tab key, a ring where one is, letters twice as large, and
// the colours of the system.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, logIn, ready } from '../support/browser.ts';
import { BASE } from '../support/service.ts';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

const PAGES = [
  ['agent', '/vouchers/new'], ['agent', '/vouchers'], ['analyst', '/reports'],
  ['operator', '/programmes/new'], ['operator', '/redemptions'], ['scanner', '/scan'],
] as const;
const MOST_STOPS = 400;

interface Stop { readonly name: string; readonly ring: boolean; readonly last: boolean }

/** What has the focus, and whether that is seen. */
function focused(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const one = document.activeElement;
    if (!(one instanceof HTMLElement) || one === document.body) return { name: '', ring: true, last: true };
    // A choice that is drawn otherwise shows its ring on what is drawn.
    const drawn = one.matches('.numbers input') ? one.nextElementSibling ?? one : one;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(drawn);
    const ring = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
    return { name: `${one.tagName} ${one.id} ${one.textContent.trim().slice(0, 40)}`, ring, last: false };
  });
}

it.each(PAGES)('the Tab key goes through %s %s, and is seen', async (role, path) => {
  const { page, context } = await logIn(browser, role, { viewport: { width: 1000, height: 800 } });
  await page.goto(BASE + path);
  if (path === '/scan') await ready({ page, context, errors: [], foreign: [] });
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    getSelection()?.removeAllRanges();
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  await page.keyboard.press('Tab');
  const first = await focused(page);
  expect(first.name).toContain('Aller au contenu');
  const unseen: string[] = [];
  let stops = 0;
  for (let stop = first; !stop.last && stops < MOST_STOPS; stops += 1) {
    if (!stop.ring) unseen.push(stop.name);
    await page.keyboard.press('Tab');
    stop = await focused(page);
    if (stop.name === first.name) break;
  }
  expect(unseen).toEqual([]);
  expect(stops).toBeGreaterThan(5);
  expect(stops).toBeLessThan(MOST_STOPS);
  await context.close();
});

it.each(PAGES)('%s %s holds letters twice as large', async (role, path) => {
  const { page, context } = await logIn(browser, role, { viewport: { width: 1280, height: 900 } });
  await page.goto(BASE + path);
  await page.locator('h1').first().waitFor();
  // As the debugger, which the page's policy does not bind.
  const session = await context.newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: "document.documentElement.style.fontSize = '225%'" });
  const { wide, cut } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    cut: [...document.querySelectorAll('button, .button, label, h1, h2')]
      .filter((one) => one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).overflowX !== 'visible'
        && !one.closest('.unseen'))
      .map((one) => one.outerHTML.slice(0, 100)),
  }));
  expect([wide, cut]).toEqual([0, []]);
  await context.close();
});

it.each(PAGES)('%s %s keeps its edges in the colours of the system', async (role, path) => {
  const { page, context } = await logIn(browser, role, { forcedColors: 'active', viewport: { width: 1000, height: 800 } });
  await page.goto(BASE + path);
  await page.locator('h1').first().waitFor();
  const bare = await page.$$eval('main button:not(.quiet), main .button, main input:not([type=hidden], .numbers input), main select',
    (all) => all.filter((one) => {
      const { borderTopStyle, borderTopWidth } = getComputedStyle(one);
      const native = one.matches('[type=checkbox], [type=radio]');
      return !native && (borderTopStyle === 'none' || borderTopWidth === '0px');
    }).map((one) => one.outerHTML.slice(0, 100)));
  expect(bare).toEqual([]);
  await context.close();
});
