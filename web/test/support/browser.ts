// A browser on the scanner: Debian's Chromium, a fresh profile, and what must never happen.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { readBarcodes } from 'zxing-wasm/reader';
import type { Key } from '../../src/read/wedge.ts';
import { passDigits } from '../../src/read/pass-text.ts';
import type { Login } from './demo.ts';
import { holds, line } from './line.ts';
import { BASE, FOLDER, person } from './service.ts';

const ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** `video` is what the camera sees; without it there is a camera that nobody allows. */
export function launch(video?: string): Promise<Browser> {
  const camera = video === undefined ? [] : [
    '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${video}`,
  ];
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: [...ARGUMENTS, ...camera] });
}

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console and of scripts, but for answers that are part of a test. */
  readonly errors: string[];
  /** Addresses of other hosts that were asked. */
  readonly foreign: string[];
}

type Options = Parameters<Browser['newContext']>[0];

/** What a test provokes: refusals, and a network that fails. */
const PROVOKED = /Failed to load resource: (?:the server responded with a status of 4(?:01|03|04|09|22)|net::ERR_(?:EMPTY_RESPONSE|FAILED|CONNECTION_|INTERNET_DISCONNECTED|SOCKET_NOT_CONNECTED))/;

/** A watched page, of nobody yet. */
export async function open(browser: Browser, options: Options = {}): Promise<Opened> {
  const own = await line();
  const context = await browser.newContext({ locale: 'fr-FR', timezoneId: 'Europe/Paris', proxy: own.proxy, ...options });
  holds(context, own);
  const [errors, foreign]: [string[], string[]] = [[], []];
  context.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol.startsWith('http') && asked !== BASE) foreign.push(request.url());
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !PROVOKED.test(message.text())) errors.push(message.text());
  });
  return { page, context, errors, foreign };
}

/** A watched page of somebody who has logged in. */
export async function logIn(browser: Browser, who: string | Login, options: Options = {}): Promise<Opened> {
  const opened = await open(browser, options);
  const { email, password } = typeof who === 'string' ? person(who) : who;
  await opened.page.goto(`${BASE}/login`);
  await opened.page.fill('#email', email);
  await opened.page.fill('#password', password);
  await Promise.all([
    opened.page.waitForURL((url) => url.pathname !== '/login'),
    opened.page.keyboard.press('Enter'),
  ]);
  return opened;
}

/** Waits until passes may be scanned. */
export async function ready({ page }: Opened): Promise<void> {
  await page.waitForSelector('.ready #code');
  await page.waitForFunction(() => localStorage.getItem('scan.venue') !== null);
}

/** The word on the whole screen, once there is one of this kind. */
export async function result({ page }: Opened, state: string): Promise<string> {
  const dialog = page.locator(`dialog.result[open][data-state="${state}"]`);
  await dialog.waitFor({ timeout: 20_000 }).catch(async () => {
    throw new Error(`not ${state}, but: ${(await page.locator('dialog.result').allInnerTexts()).join()}`);
  });
  return dialog.innerText();
}

/** Sends the keys of a hand scanner, as the browser would get them from the system. */
export async function press({ page, context }: Opened, keys: readonly Key[], enter = true): Promise<void> {
  const session = await context.newCDPSession(page);
  const all = enter ? [...keys, { code: 'Enter', key: 'Enter', at: 0 }] : keys;
  const sent = all.map(async ({ code, key }) => {
    const text = key === 'Enter' ? '\r' : key;
    await session.send('Input.dispatchKeyEvent', { type: 'keyDown', code, key, text });
    await session.send('Input.dispatchKeyEvent', { type: 'keyUp', code, key });
  });
  await Promise.all(sent);
  await session.detach();
}

/** A film of one picture, or of the part of it that `crop` names, as a camera would see it. */
export function film(name: string, picture: Buffer, { crop }: { crop?: string } = {}): string {
  const [still, target] = [join(FOLDER, `${name}.png`), join(FOLDER, `${name}.mjpeg`)];
  writeFileSync(still, picture);
  const cut = crop === undefined ? '' : `crop=${crop},`;
  const filter = `${cut}scale=560:560:flags=area,pad=1280:720:360:80:gray`;
  execFileSync('ffmpeg', [
    '-v', 'error', '-y', '-loop', '1', '-t', '2', '-i', still, '-vf', filter, '-r', '10', '-pix_fmt', 'yuvj420p', '-q:v', '3', target,
  ]);
  return target;
}

/** The digits in a QR code, read by the decoder itself, for the tests of the hand scanner. */
export async function textOf(png: Buffer): Promise<string> {
  const wasm = readFileSync(new URL('../../node_modules/zxing-wasm/dist/reader/zxing_reader.wasm', import.meta.url));
  const { prepareZXingModule } = await import('zxing-wasm/reader');
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength);
  prepareZXingModule({ overrides: { wasmBinary } });
  const [found] = await readBarcodes(new Uint8Array(png), { formats: ['QRCode'] });
  const text = found?.text ?? '';
  if (passDigits(text) === undefined) throw new Error('no pass in this picture');
  return text;
}
