// Somebody who works at several places: chooses one, and it stays the one.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessible } from '../support/accessible.ts';
import { launch, logIn, ready, result } from '../support/browser.ts';
import { api, issue } from '../support/service.ts';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

it('with two venues one is asked which, and the answer is kept over a reload', async () => {
  const me = await api('scanner', 'GET', '/v1/auth/whoami');
  const { of } = JSON.parse(JSON.stringify(me['role']));
  const profile = { name: 'Bus numérique', territory: '13', commune: 'Aubagne' };
  const added = await api('operator', 'POST', '/v1/venues', { organisation: of, profile });
  const path = `/v1/venues/${String(added['id'])}/open`;
  try {
    const pass = await issue();
    const one = await logIn(browser, 'scanner', { viewport: { width: 400, height: 800 } });
    await one.page.getByRole('heading', { name: 'Où êtes-vous' }).waitFor();
    await accessible(one.page, 'the choice of a venue');
    await one.page.getByRole('button', { name: /Bus numérique/ }).click();
    await ready(one);
    await one.page.reload();
    await ready(one);
    expect(await one.page.locator('header').innerText()).toContain('Bus numérique');
    await one.page.fill('#code', pass.code);
    await one.page.keyboard.press('Enter');
    await result(one, 'accepted');
    const seen = await api('scanner', 'GET', `/v1/redemptions?voucher=${pass.id}`);
    expect(JSON.stringify(seen)).toContain(`"venue":"${String(added['id'])}"`);
    expect([one.errors, one.foreign]).toEqual([[], []]);
    await one.context.close();
  } finally {
    await api('operator', 'POST', path, { active: false });
  }
  const alone = await logIn(browser, 'scanner');
  await ready(alone);
  await alone.context.close();
});
