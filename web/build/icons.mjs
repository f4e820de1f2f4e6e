// Draws the PNG icons from icons/icon.svg with the browser that the tests use. Run by hand, once
// per change of the drawing: the results are committed.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const folder = fileURLToPath(new URL('../icons/', import.meta.url));
const drawing = readFileSync(`${folder}icon.svg`, 'utf8');
// Systems cut a maskable icon to a circle or what they like: its ground goes to the edge.
const maskable = drawing.replace('rx="96"', '').replace('<g ', '<g transform="translate(51 51) scale(.8)" ');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'],
});
for (const [name, svg, size] of [
  ['icon-192.png', drawing, 192], ['icon-512.png', drawing, 512], ['icon-maskable-512.png', maskable, 512],
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>html,body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  await page.screenshot({ path: folder + name, omitBackground: true });
  await page.close();
}
await browser.close();
