// The whole way in a real browser, against a real service: an agent issues a pass and prints it,
// its QR is held before a (fake) camera at a venue, the holder's page has one workshop less, and
// the funder's report and workbook say so. Needs `pass-numerique` (PASS_NUMERIQUE), Chromium,
// pdftoppm and ffmpeg; prints what it checked.
import { strict as assert } from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const program = process.env.PASS_NUMERIQUE ?? '../target/debug/pass-numerique';
const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const port = Number(process.env.PORT ?? 18_080);
const base = `http://127.0.0.1:${port}`;
const folder = mkdtempSync(join(tmpdir(), 'pass-numerique-browser-'));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const flags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(' ');

function step(text) {
  assert.deepEqual(wrongs, []);
  console.log(`  ${text}`);
}

async function service() {
  const child = spawn(program, ['demo', '--folder', join(folder, 'demo'), '--listen', `127.0.0.1:${port}`], { stdio: 'ignore' });
  const stopped = new Promise((_, fail) => {
    child.on('exit', (code) => fail(new Error(`the service ended with ${code}: is port ${port} free?`)));
  });
  stopped.catch(() => undefined);
  for (let tries = 0; tries < 240; tries += 1) {
    if (child.exitCode !== null) await stopped;
    const up = await fetch(`${base}/healthz`).catch(() => undefined);
    if (up?.ok && existsSync(join(folder, 'demo', 'read-me-first.txt'))) return child;
    await new Promise((done) => setTimeout(done, 500));
  }
  child.kill();
  throw new Error('the service did not start');
}

function logins() {
  const text = readFileSync(join(folder, 'demo', 'read-me-first.txt'), 'utf8');
  const found = new Map();
  for (const [, role, email, password] of text.matchAll(/^ +(\w+) +(\S+@\S+) +(\S+)$/gm)) {
    if (!found.has(role)) found.set(role, { email, password });
  }
  return found;
}

/** What went wrong in the background of any page. */
const wrongs = [];

/** A page whose console and network are watched: no error, and nobody else is asked. */
async function watched(context, expected = []) {
  const page = await context.newPage();
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !expected.some((one) => text.includes(one))) {
      wrongs.push(`console: ${text}`);
    }
  });
  page.on('pageerror', (error) => wrongs.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    if (![`${base}/`, 'data:', 'blob:'].some((own) => url.startsWith(own))) wrongs.push(`a request to ${url}`);
  });
  return page;
}

async function logIn(context, { email, password }, expected) {
  const page = await watched(context, expected);
  await page.goto(`${base}/login`);
  await page.fill('#email', email);
  await page.fill('#password', password);
  await Promise.all([page.waitForURL((url) => url.pathname !== '/login'), page.keyboard.press('Enter')]);
  return page;
}

/** No rule of WCAG 2.2 A or AA is broken, and nothing is wider than the window at 320 px. */
async function accessible(page, name) {
  await page.evaluate(`${axe};0`).catch(async () => {
    // The page's policy allows no script but its own: the debugger's context may.
    const session = await page.context().newCDPSession(page);
    await session.send('Page.setBypassCSP', { enabled: true });
    await page.evaluate(`${axe};0`);
  });
  const found = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  );
  const wrong = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`);
  assert.deepEqual(wrong, [], name);
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 320, `${name} is ${wide} px wide at 320`);
  await page.setViewportSize(size);
}

/** Issues a pass as an agent does: the page is opened, and Enter pressed. */
async function issue(page) {
  await page.goto(`${base}/vouchers/new`);
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Délivrer le pass');
  await Promise.all([page.waitForURL(/\/vouchers\/\d+\?done=issued/), page.keyboard.press('Enter')]);
  const id = /vouchers\/(\d+)/.exec(page.url())[1];
  const workshops = Number(/(\d+) ateliers/.exec(await page.textContent('dl.facts'))[1]);
  return { id, workshops, code: (await page.textContent('.code')).trim() };
}

/** Prints a pass and reads its QR from the picture of the page. */
async function print(context, pass, place) {
  const pdf = await context.request.get(base + place);
  assert.equal(pdf.headers()['content-type'], 'application/pdf');
  writeFileSync(join(folder, `${pass.id}.pdf`), await pdf.body());
  execFileSync('pdftoppm', ['-r', '150', '-png', '-singlefile', `${pass.id}.pdf`, pass.id], { cwd: folder });
  const read = execFileSync('zbarimg', ['-q', '--raw', `${pass.id}.png`], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return /\d{204}/.exec(read)[0];
}

const child = await service();
let browser;
try {
  const people = logins();
  browser = await chromium.launch({ executablePath: browserPath, args: flags });

  console.log('An agent issues a pass');
  const office = await browser.newContext({ locale: 'fr-FR', viewport: { width: 1280, height: 900 } });
  const agent = await logIn(office, people.get('agent'));
  assert.equal(new URL(agent.url()).pathname, '/vouchers/new');
  await accessible(agent, '/vouchers/new');
  const first = await issue(agent);
  await agent.fill('#near', '13001');
  await Promise.all([agent.waitForURL(/near=13001/), agent.keyboard.press('Enter')]);
  assert.equal(await agent.locator('.places li').count(), 3);
  await accessible(agent, '/vouchers/{id}');
  step('with one key; three places near 13001 are named');

  console.log('and prints it');
  first.digits = await print(office, first, await agent.getAttribute('a[href*="pass.pdf"]', 'href'));
  const film = ['-loglevel', 'error', '-loop', '1', '-i', `${first.id}.png`, '-vf'];
  const look = 'crop=500:500:60:220,scale=480:480,pad=640:480:80:0:gray,format=yuv420p';
  execFileSync('ffmpeg', [...film, look, '-t', '2', '-r', '10', 'camera.y4m'], { cwd: folder });
  // A programme allows so many workshops a day: each way of scanning has a pass of its own.
  const [second, third] = [await issue(agent), await issue(agent)];
  second.digits = await print(office, second, `/vouchers/${second.id}/pass.pdf`);
  const workshops = first.workshops;
  step('the PDF becomes what the camera sees');

  console.log('A venue scans it with its camera');
  const eye = await chromium.launch({
    executablePath: browserPath,
    args: [
      ...flags,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${join(folder, 'camera.y4m')}`,
    ],
  });
  try {
    const counter = await eye.newContext({ locale: 'fr-FR', viewport: { width: 400, height: 800 } });
    const venue = await logIn(counter, people.get('scanner'), ['409', 'ERR_INTERNET_DISCONNECTED']);
    assert.equal(new URL(venue.url()).pathname, '/scan');
    await venue.waitForFunction(() => document.querySelector('#venue')?.options.length > 0);
    await accessible(venue, '/scan');
    await venue.click('#camera');
    await venue.waitForSelector('#result[data-is=accepted]', { timeout: 30_000 });
    assert.match(await venue.textContent('#left'), new RegExp(`${workshops - 1} ateliers`));
    assert.equal(await venue.evaluate(() => document.activeElement?.id), 'word');
    await accessible(venue, '/scan, accepted');
    step(`accepted, ${workshops - 1} left, the result has the focus`);
    await venue.click('#next');
    await venue.waitForSelector('#result[data-is=wait]');
    assert.match(await venue.textContent('#word'), /vient d’être validé/);
    await venue.click('#next');
    await venue.click('#camera', { force: true }).catch(() => undefined);
    step('a second look asks before it redeems again');

    console.log('with a hand scanner, set to another layout, with and without Enter');
    await venue.reload();
    await venue.waitForFunction(() => document.querySelector('#venue')?.options.length > 0);
    for (const [digits, end, left] of [
      [first.digits, 'Enter', workshops - 2],
      [second.digits, '', workshops - 1],
    ]) {
      await venue.evaluate(
        ({ digits, end }) => {
          const press = (code, key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { code, key, bubbles: true, cancelable: true }));
          for (const letter of 'HTTPS') press(`Key${letter}`, letter);
          // As an AZERTY computer reads a scanner that is set to QWERTY.
          const azerty = 'à&é"\'(-è_ç';
          for (const digit of digits) press(`Digit${digit}`, azerty[Number(digit)]);
          if (end) press(end, end);
        },
        { digits, end },
      );
      const told = (left) => document.querySelector('#left')?.textContent.includes(` ${left} `);
      await venue.waitForFunction(told, left, { timeout: 15_000 }).catch(async () => {
        assert.fail(`not redeemed: ${await venue.innerText('#result')}`);
      });
    }
    await venue.click('#next');
    step('each counted once');

    console.log('by its typed code');
    await venue.fill('#code', third.code.slice(0, -1) + (third.code.endsWith('0') ? '1' : '0'));
    assert.match(await venue.textContent('#code-mistake'), /erreur dans ce code/);
    await venue.fill('#code', third.code.toLowerCase().replaceAll('-', ' '));
    await venue.click('#more');
    await venue.click('#typed button');
    await venue.waitForSelector('#result[data-is=accepted]');
    assert.match(await venue.textContent('#left'), new RegExp(`${workshops - 2} ateliers`));
    await venue.click('#other');
    await venue.click('#other');
    await venue.waitForSelector('#result[data-is=undone]');
    await venue.click('#next');
    step('a mistake is told while typing; two workshops at once, and undone');

    console.log('while the network goes');
    await counter.setOffline(true);
    await venue.fill('#code', third.code);
    await venue.click('#typed button');
    await venue.waitForFunction(() => document.querySelector('#word')?.textContent === 'Pas encore envoyé', undefined, { timeout: 30_000 });
    await venue.click('#next');
    await venue.reload().catch(() => undefined);
    await venue.waitForSelector('#pending:not([hidden])');
    await counter.setOffline(false);
    await venue.waitForSelector('#pending', { state: 'hidden', timeout: 40_000 });
    step('what was not sent is kept over a reload, and sent when it is back');
  } finally {
    await eye.close();
  }

  console.log('The holder and the funder see it');
  const left = workshops - 2;
  const phone = await browser.newContext({ locale: 'fr-FR', viewport: { width: 390, height: 800 }, javaScriptEnabled: false });
  const holder = await watched(phone);
  await holder.goto(`${base}/${first.digits}`);
  assert.match(await holder.textContent('.left'), new RegExp(`^\\s*${left}`));
  step(`${left} left on the holder's page, without a script`);
  const funderContext = await browser.newContext({ locale: 'fr-FR', viewport: { width: 1280, height: 900 } });
  const funder = await logIn(funderContext, people.get('analyst'));
  await funder.goto(`${base}/reports?by=programme`);
  const used = Number((await funder.locator('tfoot td').nth(3).textContent()).replace(/\D/g, ''));
  await accessible(funder, '/reports');
  const book = await funderContext.request.get(`${base}/reports.xlsx?by=programme`);
  writeFileSync(join(folder, 'report.xlsx'), await book.body());
  const sheet = execFileSync('unzip', ['-p', 'report.xlsx', 'xl/worksheets/sheet1.xml'], { cwd: folder, encoding: 'utf8' });
  assert.match(sheet, new RegExp(`<c r="E2"[^>]*><v>${used}</v>`));
  step(`${used} workshops used, on screen and in the workbook`);

  console.log('Every page of each role, in both languages, light and dark');
  for (const [role, login] of people) {
    for (const [locale, colorScheme] of [['fr-FR', 'light'], ['en-GB', 'dark']]) {
      const context = await browser.newContext({ locale, colorScheme, viewport: { width: 1280, height: 900 } });
      const page = await logIn(context, login);
      const ways = await page.$$eval('nav a', (links) => links.map((link) => link.getAttribute('href')));
      for (const way of ways.length > 0 ? ways : ['/redemptions', '/scan']) {
        await page.goto(base + way);
        await accessible(page, `${role} ${locale} ${way}`);
      }
      await context.close();
    }
    step(role);
  }
  console.log('ok');
} finally {
  await browser?.close();
  child.kill();
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
}
