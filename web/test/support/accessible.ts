// What every page must be, whatever it says.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2.2 A and AA, and what axe knows beyond. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** No rule of accessibility is broken, and nothing is wider than the window at 320 px. */
export async function accessible(page: Page, name: string): Promise<void> {
  await page.locator('h1').first().waitFor();
  expect(await broken(page), `${name}: axe`).toEqual([]);
  const size = page.viewportSize();
  if (!size) throw new Error('no window');
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await widest(page), `${name}: wider than 320 px`).toEqual([]);
  await page.setViewportSize(size);
}

async function broken(page: Page): Promise<string[]> {
  // As the debugger, which the page's policy does not bind.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: AXE });
  const run = `axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`;
  const { result } = await session.send('Runtime.evaluate', {
    expression: run, awaitPromise: true, returnByValue: true,
  });
  await session.detach();
  const { violations }: AxeResults = result.value;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** What stands out of the window, outermost first; nothing when the page fits. */
async function widest(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const out = [...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 0.5);
    return out.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).concat(`${root.scrollWidth} px`);
  });
}
