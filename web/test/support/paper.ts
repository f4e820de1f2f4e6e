// A pass on paper: its PDF as the browser got it, the picture of its page, the text of its QR.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { BASE, FOLDER } from './service.ts';

export interface Paper { readonly picture: Buffer; readonly digits: string }

/** Prints the pass of a page with its own form, as the button does. */
export async function printed(page: Page): Promise<Paper> {
  const fields = await page.$$eval('form[action$="/print"] input', (inputs) => inputs.map((one) =>
    one instanceof HTMLInputElement ? [one.name, one.value] : []));
  const path = await page.getAttribute('form[action$="/print"]', 'action');
  const answer = await page.context().request.post(BASE + (path ?? ''), { form: Object.fromEntries(fields) });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()}`);
  writeFileSync(join(FOLDER, 'pass.pdf'), await answer.body());
  const run = (program: string, ...args: string[]): string => execFileSync(program, args, { cwd: FOLDER, encoding: 'utf8' });
  run('pdftoppm', '-r', '150', '-png', '-singlefile', 'pass.pdf', 'pass');
  const text = run('zbarimg', '--quiet', '--nodbus', '--raw', 'pass.png');
  const digits = /\d{204}/.exec(text)?.[0];
  if (digits === undefined) throw new Error('no pass on this paper');
  return { picture: readFileSync(join(FOLDER, 'pass.png')), digits };
}

/** One file of a workbook, which is a ZIP. */
export function inWorkbook(book: Buffer, name: string): string {
  writeFileSync(join(FOLDER, 'book.xlsx'), book);
  return execFileSync('unzip', ['-p', 'book.xlsx', name], { cwd: FOLDER, encoding: 'utf8' });
}
