// What the camera sees that is no single pass: said, and never sent.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';
import { film, launch, logIn, ready } from '../support/browser.ts';
import { FOLDER, issue, leftOf, qrPng } from '../support/service.ts';

/** The hint under the picture of what this camera sees, and whether anything was asked. */
async function hint(picture: string, expected: string): Promise<number> {
  const eye = await launch(picture);
  try {
    const venue = await logIn(eye, 'scanner', { viewport: { width: 400, height: 800 } });
    await ready(venue);
    let sent = 0;
    venue.page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().includes('/v1/redemptions')) sent += 1;
    });
    await venue.page.click('.camera button');
    await venue.page.locator('.camera').getByText(expected).waitFor({ timeout: 20_000 });
    // Some frames more: nothing comes of them.
    await venue.page.waitForTimeout(1_500);
    expect(await venue.page.locator('dialog.result[open]').count()).toBe(0);
    expect([venue.errors, venue.foreign]).toEqual([[], []]);
    return sent;
  } finally {
    await eye.close();
  }
}

async function qrOf(text: string): Promise<Buffer> {
  const path = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm');
  const wasm = readFileSync(path);
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength);
  prepareZXingModule({ overrides: { wasmBinary } });
  const { image, error } = await writeBarcode(text, { format: 'QRCode', scale: 8 });
  if (!image) throw new Error(error);
  return Buffer.from(await image.arrayBuffer());
}

it('a QR of something else is said to be no pass, and nothing is sent', async () => {
  const picture = film('stranger', await qrOf('https://exemple.fr/menu-du-jour'));
  expect(await hint(picture, 'Ce QR code n’est pas celui d’un pass.')).toBe(0);
});

it('between two passes it does not guess', async () => {
  const passes = await Promise.all([issue(), issue()]);
  const names = ['first.png', 'second.png'];
  for (const [at, pass] of passes.entries()) writeFileSync(join(FOLDER, names[at] ?? ''), await qrPng(pass));
  // One above to the left, the other below to the right.
  const filter = '[0]pad=2*iw:2*ih:0:0:white[wide];[wide][1]overlay=W/2:H/2';
  const inputs = names.flatMap((name) => ['-i', name]);
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...inputs, '-filter_complex', filter, 'both.png'], { cwd: FOLDER });
  const picture = film('both', readFileSync(join(FOLDER, 'both.png')));
  expect(await hint(picture, 'Plusieurs QR codes sont visibles')).toBe(0);
  expect(await Promise.all(passes.map(leftOf))).toEqual([5, 5]);
});
