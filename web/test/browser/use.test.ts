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

/** To the first stop, wherever the page put the focus. */
async function fromTheTop(page: Page): Promise<void> {
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    getSelection()?.removeAllRanges();
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  await page.keyboard.press('Tab');
}

it.each(PAGES)('the Tab key goes through %s %s, and is seen', async (role, path) => {
  const { page, context } = await logIn(browser, role, { viewport: { width: 1000, height: 800 } });
  await page.goto(BASE + path);
  if (path === '/scan') await ready({ page, context, errors: [], foreign: [] });
  await fromTheTop(page);
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

/** Of the ring's two colours, how the better one stands out from what it lies on (WCAG 1.4.11). */
function ringContrast(page: Page): Promise<number> {
  return page.evaluate(() => {
    const one = document.activeElement;
    if (!(one instanceof HTMLElement) || one === document.body) return 21;
    const drawn = one.matches('.numbers input') ? one.nextElementSibling ?? one : one;
    const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    if (!pixel) throw new Error('no canvas');
    const rgba = (colour: string): number[] => {
      pixel.clearRect(0, 0, 1, 1);
      pixel.fillStyle = colour;
      pixel.fillRect(0, 0, 1, 1);
      return [...pixel.getImageData(0, 0, 1, 1).data];
    };
    const luminance = (colour: number[]): number => {
      const [r = 0, g = 0, b = 0] = colour.slice(0, 3).map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let ground = [255, 255, 255, 255];
    for (let under = drawn.parentElement; under; under = under.parentElement) {
      const found = rgba(getComputedStyle(under).backgroundColor);
      if ((found[3] ?? 0) === 255) { ground = found; break; }
    }
    const { outlineColor, outlineStyle, boxShadow } = getComputedStyle(drawn);
    const shadow = /(?:rgb|oklch|color|lab)[a-z]*\([^)]*\)/.exec(boxShadow)?.[0];
    const rings = [outlineStyle === 'none' ? undefined : outlineColor, shadow].filter((ring) => ring !== undefined);
    return Math.max(1, ...rings.map((ring) => {
      const [light = 0, dark = 0] = [luminance(rgba(ring)), luminance(ground)].sort((a, b) => b - a);
      return (light + 0.05) / (dark + 0.05);
    }));
  });
}

it.each(PAGES.flatMap(([role, path]) => (['light', 'dark'] as const).map((scheme) => [role, path, scheme] as const)))(
  'the ring on %s %s stands out, %s', async (role, path, colorScheme) => {
    const { page, context } = await logIn(browser, role, { colorScheme, viewport: { width: 1000, height: 800 } });
    await page.goto(BASE + path);
    if (path === '/scan') await ready({ page, context, errors: [], foreign: [] });
    const dim: string[] = [];
    const seen = new Set<string>();
    await fromTheTop(page);
    for (let stops = 0; stops < 60; stops += 1, await page.keyboard.press('Tab')) {
      const { name, last } = await focused(page);
      if (last) break;
      seen.add(name);
      const contrast = await ringContrast(page);
      if (contrast < 3) dim.push(`${name}: ${contrast.toFixed(2)}`);
    }
    expect(dim).toEqual([]);
    expect(seen.size).toBeGreaterThan(5);
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
