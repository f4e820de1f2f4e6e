// Forms of several steps, as a person goes through them: two-step log-in with a telephone that
// reads the QR, and a list of passes from a spreadsheet.

import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '../support/accessible.ts';
import { launch, logIn, open } from '../support/browser.ts';
import { BASE, FOLDER, person } from '../support/service.ts';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

/** What an application for codes shows now (RFC 6238). */
function codeOf(secret: string): string {
  const symbols = [...secret].map((one) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(one));
  const bits = symbols.map((one) => one.toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac('sha1', key).update(step).digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

async function read(page: Page): Promise<string> {
  writeFileSync(join(FOLDER, 'secret.png'), await page.locator('.qr img').screenshot());
  const text = execFileSync('zbarimg', ['--quiet', '--nodbus', '--raw', 'secret.png'], { cwd: FOLDER, encoding: 'utf8' });
  const address = new URL(text.trim());
  expect(address.protocol).toBe('otpauth:');
  return address.searchParams.get('secret') ?? '';
}

describe.each(['fr-FR', 'en-GB'])('in %s', (locale) => {
  it('a telephone reads the secret, its code turns the second step on, and the log-in asks for one', async () => {
    const who = person('auditor');
    const one = await logIn(browser, who, { locale, colorScheme: 'dark' });
    const { page } = one;
    for (const way of ['/account', '/account/password', '/account/second-factor']) {
      await page.goto(BASE + way);
      await accessible(page, way);
    }
    await page.fill('#password', who.password);
    await page.locator('main form button').click();
    await page.locator('.qr img').waitFor();
    await accessible(page, 'the secret');
    const secret = await read(page);
    expect((await page.locator('code.code').innerText()).replaceAll(' ', '')).toBe(secret);
    await page.fill('#code', '000000');
    await page.keyboard.press('Enter');
    await page.locator('#code-mistake').waitFor();
    await accessible(page, 'a wrong code');
    await page.fill('#code', codeOf(secret));
    await page.keyboard.press('Enter');
    await page.locator('.codes li').first().waitFor();
    await accessible(page, 'the recovery codes');
    const codes = await page.locator('.codes li').allInnerTexts();
    expect(codes).toHaveLength(10);

    const again = await open(browser, { locale });
    await again.page.goto(`${BASE}/login?next=/account`);
    await again.page.fill('#email', who.email);
    await again.page.fill('#password', who.password);
    await again.page.keyboard.press('Enter');
    await again.page.locator('#code').waitFor();
    await accessible(again.page, 'the second step');
    expect(await again.page.evaluate(() => document.activeElement?.id)).toBe('code');
    await again.page.keyboard.type(codes[0] ?? '');
    await Promise.all([again.page.waitForURL(`${BASE}/account`), again.page.keyboard.press('Enter')]);

    await page.goto(`${BASE}/account/second-factor`);
    await accessible(page, 'the second step, on');
    await page.fill('#password', who.password);
    await page.fill('#code', codes[1] ?? '');
    await Promise.all([page.waitForURL(/done=factor-off/), page.keyboard.press('Enter')]);
    for (const { errors, foreign, context } of [one, again]) {
      expect([errors, foreign]).toEqual([[], []]);
      await context.close();
    }
  });

  it('a list is corrected, looked at and issued', async () => {
    const { page, context, errors, foreign } = await logIn(browser, 'agent', { locale });
    const send = async (list: string): Promise<void> => {
      await page.goto(`${BASE}/vouchers/issue-list`);
      await page.setInputFiles('#file', { name: 'liste.csv', mimeType: 'text/csv', buffer: Buffer.from(list) });
      await Promise.all([page.waitForLoadState(), page.locator('main form button').click()]);
    };
    await send('référence;ateliers\nA;5\na;6\nB;4\n');
    await page.locator('#file-mistake').waitFor();
    await accessible(page, 'the wrong lines');
    expect(await page.locator('tbody tr').count()).toBe(2);
    await send(`référence;ateliers\n${locale} 1;5\n${locale} 2;\n`);
    await page.locator('textarea[name=list]').waitFor({ state: 'attached' });
    await accessible(page, 'the lines');
    await page.locator('main form button').click();
    await page.locator('p.done').waitFor();
    await accessible(page, 'the issued lines');
    expect(await page.locator('tbody a').count()).toBe(2);
    const [paper] = await Promise.all([context.waitForEvent('page'), page.locator('form.print button').click()]);
    await paper.close();
    expect([errors, foreign]).toEqual([[], []]);
    await context.close();
  });
});
