// The whole way of one pass: issued, printed, held before a camera, seen by its holder and by the
// funder, on screen and in the workbook.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessible } from '../support/accessible.ts';
import { film, launch, logIn, open, type Opened, ready, result } from '../support/browser.ts';
import { inWorkbook, printed } from '../support/paper.ts';
import { BASE } from '../support/service.ts';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

const DESK = { viewport: { width: 1280, height: 900 } };

async function end(...all: readonly Opened[]): Promise<void> {
  for (const { errors, foreign, context } of all) {
    expect(errors).toEqual([]);
    expect(foreign).toEqual([]);
    await context.close();
  }
}

/** Workshops used, as the report's last line says. */
async function used({ page }: Opened): Promise<number> {
  await page.goto(`${BASE}/reports?by=programme`);
  const figure = await page.locator('tfoot td').nth(3).textContent();
  return Number((figure ?? '').replace(/\D/g, ''));
}

it('leads from the agent to the venue, the holder and the funder', async () => {
  const funder = await logIn(browser, 'analyst', DESK);
  const before = await used(funder);

  // The page opens with the button under the finger: Enter is all it takes.
  const agent = await logIn(browser, 'agent', DESK);
  expect(new URL(agent.page.url()).pathname).toBe('/vouchers/new');
  await agent.page.locator('button:focus').waitFor();
  expect(await agent.page.evaluate(() => document.activeElement?.textContent)).toBe('Délivrer le pass');
  await Promise.all([agent.page.waitForURL(/done=issued/), agent.page.keyboard.press('Enter')]);
  const facts = await agent.page.textContent('dl.facts');
  const workshops = Number(/(\d+) ateliers/.exec(facts ?? '')?.[1]);
  await agent.page.fill('#near', '13001');
  await Promise.all([agent.page.waitForURL(/near=13001/), agent.page.keyboard.press('Enter')]);
  expect(await agent.page.locator('.places li').count()).toBe(3);
  await accessible(agent.page, 'a pass');
  const paper = await printed(agent.page);

  const eye = await launch(film('journey', paper.picture, { crop: '500:500:60:220' }));
  try {
    const venue = await logIn(eye, 'scanner', { viewport: { width: 400, height: 800 } });
    expect(new URL(venue.page.url()).pathname).toBe('/scan');
    await ready(venue);
    await accessible(venue.page, 'the scanner');
    await venue.page.click('.camera button');
    expect(await result(venue, 'accepted')).toContain(`Il reste ${workshops - 1} ateliers`);
    expect(await venue.page.evaluate(() => document.activeElement?.className)).toBe('sheet');
    await accessible(venue.page, 'the scanner, accepted');
    await end(venue);
  } finally {
    await eye.close();
  }

  const holder = await open(browser, { viewport: { width: 390, height: 800 }, javaScriptEnabled: false });
  await holder.page.goto(`${BASE}/${paper.digits}`);
  expect((await holder.page.textContent('.left'))?.trim()).toMatch(new RegExp(`^${workshops - 1}\\b`));

  expect(await used(funder)).toBe(before + 1);
  const book = await funder.context.request.get(`${BASE}/reports.xlsx?by=programme`);
  const sheet = inWorkbook(await book.body(), 'xl/worksheets/sheet1.xml');
  // A line for each programme, without their total.
  const taken = [...sheet.matchAll(/<c r="E(?!1")\d+"[^>]*><v>(\d+)<\/v>/g)].map(([, count]) => Number(count));
  expect(taken.reduce((all, one) => all + one, 0)).toBe(before + 1);
  await end(funder, agent, holder);
});
