import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch, logIn, type Opened, press, ready, result, textOf } from '../support/browser.ts';
import { DIGITS_EXAMPLE, keysOf } from '../support/passes.ts';
import { issue, leftOf, qrPng } from '../support/service.ts';

let browser: Browser;
const opened: Opened[] = [];

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});
afterEach(async () => {
  for (const one of opened.splice(0)) {
    expect(one.errors).toEqual([]);
    expect(one.foreign).toEqual([]);
    await one.context.close();
  }
});

async function scanner(options: Parameters<Browser['newContext']>[0] = {}): Promise<Opened> {
  const one = await logIn(browser, 'scanner', options);
  opened.push(one);
  await ready(one);
  return one;
}

describe('a hand scanner', () => {
  it('set to US on a French computer redeems, and the next scan needs no touch', async () => {
    const [first, second] = await Promise.all([issue(), issue(7)]);
    const texts = await Promise.all([first, second].map(async (pass) => textOf(await qrPng(pass))));
    const one = await scanner();
    await press(one, keysOf(texts[0] ?? '', { scanner: 'us', computer: 'fr' }));
    expect(await result(one, 'accepted')).toContain('Il reste 4 ateliers');
    await press(one, keysOf(texts[1] ?? '', { scanner: 'us', computer: 'fr' }), false);
    await one.page.getByText('Il reste 6 ateliers').first().waitFor();
    expect([await leftOf(first), await leftOf(second)]).toEqual([4, 6]);
  });

  it('leaves nothing in the field that has the focus', async () => {
    const pass = await issue();
    const one = await scanner();
    await one.page.fill('#code', 'AB');
    await press(one, keysOf(await textOf(await qrPng(pass)), { scanner: 'us', computer: 'fr' }));
    await result(one, 'accepted');
    expect(await one.page.inputValue('#code')).toBe('');
    expect(await leftOf(pass)).toBe(4);
  });

  it('asks before the same pass counts again, and counts it when told to', async () => {
    const pass = await issue();
    const keys = keysOf(await textOf(await qrPng(pass)), {});
    const one = await scanner();
    await press(one, keys);
    await result(one, 'accepted');
    await press(one, keys);
    expect(await result(one, 'again')).toContain('Déjà validé');
    expect(await leftOf(pass)).toBe(4);
    await one.page.getByRole('button', { name: 'Un autre atelier' }).click();
    expect(await result(one, 'accepted')).toContain('Il reste 3 ateliers');
    expect(await leftOf(pass)).toBe(3);
  });

  it('says why a pass is refused, in the language of the page', async () => {
    const one = await scanner();
    await press(one, keysOf(`HTTPS://PASS.EXEMPLE.FR/${DIGITS_EXAMPLE}`, {}));
    expect(await result(one, 'refused')).toMatch(/Refusé\s+Ce pass/);
    // A key that was meant for what was there before is not heard.
    await one.page.waitForTimeout(450);
    await one.page.keyboard.press('Enter');
    await one.page.waitForSelector('dialog.result', { state: 'hidden' });
    await one.page.click('#language');
    await press(one, keysOf(`HTTPS://PASS.EXEMPLE.FR/${'9'.repeat(204)}`, {}));
    expect(await result(one, 'refused')).toMatch(/Refused/);
  });

  it('says so when another code was read', async () => {
    const one = await scanner();
    await press(one, keysOf('3760123456789', {}));
    expect(await result(one, 'unreadable')).toContain('Ce n’est pas un pass');
  });
});

describe('a typed code', () => {
  it('is checked while it is typed, and redeems', async () => {
    const pass = await issue();
    const one = await scanner();
    const last = pass.code.at(-1) ?? '';
    const wrong = last === '0' ? '1' : '0';
    await one.page.locator('#code').pressSequentially(pass.code.slice(0, -1) + wrong, { delay: 60 });
    await one.page.getByText('Il y a une erreur dans ce code').waitFor();
    await one.page.click('text=Valider ce code');
    expect(await one.page.locator('dialog.result[open]').count()).toBe(0);
    await one.page.keyboard.press('Backspace');
    await one.page.keyboard.type(last.toLowerCase(), { delay: 60 });
    await one.page.getByText('Code complet').waitFor();
    await one.page.keyboard.press('Enter');
    expect(await result(one, 'accepted')).toContain('Il reste 4 ateliers');
    expect(await one.page.evaluate(() => document.activeElement?.className)).toBe('sheet');
    await one.page.waitForTimeout(450);
    await one.page.keyboard.press('Enter');
    await one.page.waitForSelector('dialog.result', { state: 'hidden' });
    expect(await one.page.inputValue('#code')).toBe('');
  });

  it('takes several workshops at once, and offers what is left when there are fewer', async () => {
    const pass = await issue();
    const one = await scanner();
    for (let i = 0; i < 5; i += 1) await one.page.click('#more');
    await one.page.fill('#code', pass.code);
    await one.page.keyboard.press('Enter');
    expect(await result(one, 'refused')).toContain('Il ne reste que 5 ateliers');
    await one.page.getByRole('button', { name: 'Valider 5 ateliers' }).waitFor();
    expect(await leftOf(pass)).toBe(5);
  });

  it('may be pasted as the whole address of a pass', async () => {
    const pass = await issue();
    const one = await scanner({ permissions: ['clipboard-read', 'clipboard-write'] });
    const text = await textOf(await qrPng(pass));
    await one.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await one.page.focus('#code');
    await one.page.keyboard.press('Control+V');
    await result(one, 'accepted');
    expect(await leftOf(pass)).toBe(4);
  });

  it('may be the whole address of a pass, as the keyboard of a phone puts it in', async () => {
    const pass = await issue();
    const one = await scanner();
    const text = await textOf(await qrPng(pass));
    await one.page.focus('#code');
    await one.page.keyboard.insertText(text);
    await result(one, 'accepted');
    expect(await leftOf(pass)).toBe(4);
    expect(await one.page.inputValue('#code')).toBe('');
  });
});

describe('an undo', () => {
  it('of the last one asks first, and gives the workshop back', async () => {
    const pass = await issue();
    const one = await scanner();
    await one.page.fill('#code', pass.code);
    await one.page.keyboard.press('Enter');
    await result(one, 'accepted');
    await one.page.click('text=Annuler cette validation');
    await one.page.click('text=Non, la garder');
    expect(await leftOf(pass)).toBe(4);
    await one.page.click('text=Annuler cette validation');
    await one.page.click('text=Oui, annuler la validation');
    await one.page.getByText('Validation annulée. Le pass a 5 ateliers.').waitFor();
    expect(await leftOf(pass)).toBe(5);
    // It is a new workshop now, not "again".
    await one.page.fill('#code', pass.code);
    await one.page.keyboard.press('Enter');
    await result(one, 'accepted');
  });

  it('of a line of the day marks the line', async () => {
    const pass = await issue();
    const one = await scanner();
    await one.page.fill('#code', pass.code);
    await one.page.keyboard.press('Enter');
    await result(one, 'accepted');
    await one.page.click('text=Pass suivant');
    await one.page.click('text=Aujourd’hui');
    const line = one.page.locator('.history-list li').first();
    await line.getByRole('button', { name: /Annuler la validation de/ }).click();
    await one.page.click('text=Oui, annuler la validation');
    await line.getByText('Annulée').waitFor();
    expect(await leftOf(pass)).toBe(5);
  });
});

describe('a session', () => {
  it('that has ended keeps the scan, and says where to log in', async () => {
    const pass = await issue();
    const one = await scanner();
    await one.context.clearCookies();
    await one.page.reload();
    await one.page.getByRole('heading', { name: 'Connectez-vous' }).waitFor();
    const link = one.page.getByRole('link', { name: 'Se connecter' });
    expect(await link.getAttribute('href')).toBe('/login?next=/scan');
    expect(await leftOf(pass)).toBe(5);
  });
});
