// Every page that each role is led to, and those that come after a form, in both languages, light
// and dark.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '../support/accessible.ts';
import { launch, logIn, type Opened, open } from '../support/browser.ts';
import { api, BASE, issue, LINKS, PEOPLE } from '../support/service.ts';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

const READERS = [
  { locale: 'fr-FR', colorScheme: 'light' },
  { locale: 'en-GB', colorScheme: 'dark' },
] as const;
const roles = new Map([...PEOPLE].reverse().map((one) => [one.role, one]));
const LONGEST_MS = 400_000;

/** What is not of these pages, or changes how they look. */
const ELSEWHERE = /^\/(?:language|docs|v1|scan|assets)\b/;

/** A place without what it names: pages that differ in that alone are of one kind. A file is another
 * kind than the page that it stands on. */
function kind(way: string): string {
  const [path = ''] = way.split(/[?#]/);
  const format = /[?&]format=\w+/.exec(way)?.[0] ?? '';
  return format + path.split('/').map((part, at) => (at > 1 && /\d|^[0-9a-f]{8}$/.test(part) ? ':' : part)).join('/');
}

/** Where the links of a page lead on this site. */
async function places(page: Page): Promise<string[]> {
  const all = await page.$$eval('a[href]', (found) => found.map((one) => one.getAttribute('href') ?? ''));
  return all.filter((way) => way.startsWith('/') && !ELSEWHERE.test(way));
}

/** Whether it leads to a page; a file is only fetched. */
async function isPage(page: Page, way: string): Promise<boolean> {
  const answer = await page.request.get(BASE + way);
  expect(answer.ok(), way).toBe(true);
  return answer.headers()['content-type']?.startsWith('text/html') === true;
}

/** Sends the form of the page, and waits for the next. */
async function send(page: Page, button = 'main form button'): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.locator(button).first().click()]);
}

async function close({ errors, foreign, context }: Opened): Promise<void> {
  expect([errors, foreign]).toEqual([[], []]);
  await context.close();
}

describe.each(READERS)('in $locale, $colorScheme', (reader) => {
  const options = { ...reader, viewport: { width: 1280, height: 900 } };

  // They only look, so that they can do it side by side.
  it.concurrent.each([...roles.values()])('the pages that $role is led to', async (login) => {
    const one = await logIn(browser, login, options);
    const { page } = one;
    await accessible(page, `${login.role} ${new URL(page.url()).pathname}`);
    await page.goto(`${BASE}/account`);
    const waiting = ['/account', ...await places(page)];
    const seen = new Set<string>();
    for (const way of waiting) {
      if (seen.has(kind(way))) continue;
      seen.add(kind(way));
      if (!await isPage(page, way)) continue;
      await page.goto(BASE + way);
      await accessible(page, `${login.role} ${way}`);
      waiting.push(...await places(page));
    }
    expect(seen.size).toBeGreaterThan(login.role === 'scanner' ? 3 : 9);
    await close(one);
  }, LONGEST_MS);

  it('the pages of nobody', async () => {
    const one = await open(browser, options);
    const ways = ['/login', '/accessibility', '/forgot', '/password/nothing', '/nothing-here', `/${'9'.repeat(204)}`];
    for (const way of ways) {
      await one.page.goto(BASE + way);
      await accessible(one.page, way);
    }
    await close(one);
  });

  it('a pass from a short message, and the end of reminders, before and after the tap', async () => {
    const one = await open(browser, { ...options, viewport: { width: 390, height: 780 } });
    const { page } = one;
    for (const [name, way] of Object.entries(LINKS)) {
      await page.goto(BASE + way);
      await accessible(page, name);
      expect(await page.locator('.qr img, p.done').count(), 'nothing before the tap').toBe(0);
      await send(page);
      await page.locator('.qr img, p.done').waitFor();
      await accessible(page, `${name}, after the tap`);
    }
    await close(one);
  });

  it('an agent activates stock under a reference that there is already, and looks passes up', async () => {
    const one = await logIn(browser, 'agent', options);
    const { page } = one;
    const stock = async (): Promise<string> => {
      const { paper } = await api('agent', 'POST', '/v1/vouchers', { programme: '1', workshops: 5, stock: true });
      return String(Object(paper).manual_code);
    };
    const own = `Dossier ${reader.locale}`;
    for (const [code, state] of [[await stock(), 'done'], [await stock(), 'asked']] as const) {
      await page.goto(`${BASE}/vouchers/activate`);
      await page.fill('#own_reference', own);
      await page.fill('#code', code);
      await send(page);
      await accessible(page, `activation: ${state}`);
    }
    expect(await page.locator('input[name=anyway]').count()).toBe(1);
    await send(page);
    expect(page.url()).toContain('done=activate');
    for (const [code, found] of [[(await issue()).code, '.done'], ['nothing', '#code-mistake']] as const) {
      await page.goto(`${BASE}/vouchers/look-up`);
      await page.fill('#code', code);
      await send(page);
      await page.locator(found).waitFor();
      await accessible(page, `look-up: ${found}`);
    }
    await close(one);
  });

  it('an operator imports venues with mistakes, invites a person and makes a key', async () => {
    const one = await logIn(browser, 'operator', options);
    const { page } = one;
    await page.goto(`${BASE}/venues/import`);
    const file = 'nom,adresse,commune,code_postal,pivot\n,1 rue,Reims,5110,123\nLieu,1 rue,Reims,511001,12345678901234\n';
    await page.setInputFiles('#file', { name: 'lieux.csv', mimeType: 'text/csv', buffer: Buffer.from(file) });
    await send(page);
    await page.locator('#problems').waitFor();
    await accessible(page, 'the problems of an import');
    const named = reader.locale.slice(0, 2);
    await page.goto(`${BASE}/users/new`);
    await page.fill('[name=email]', `${named}@demo.example`);
    await page.fill('[name=name]', named);
    await page.selectOption('[name="role"]', { index: 1 });
    await send(page);
    await accessible(page, 'an invitation, or what was wrong with it');
    const invitation = await page.locator('code').first().innerText();
    const guest = await open(browser, options);
    await guest.page.goto(new URL(new URL(invitation).pathname, BASE).href);
    await guest.page.locator('#password, [type=password]').first().waitFor();
    await accessible(guest.page, 'choosing a password');
    await close(guest);
    await close(one);
  });
});
