// The manual code, what is typed when the QR is torn: `XXXX-XXXX-XXXX`.
// Never a correction of what was typed: a mistake is named, and nothing is sent.

import { ALPHABET, hasTwoChecks, symbolOf } from './symbols.ts';

export const SYMBOLS = 12;
const GROUP = 4;

export type Mistyped =
  | { readonly kind: 'symbol'; readonly typed: string; readonly position: number }
  | { readonly kind: 'length'; readonly found: number }
  | { readonly kind: 'check' };

export type Typed =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly wrong: Mistyped };

/** Characters that only separate: white space, hyphens and dashes. */
export function separates(character: string): boolean {
  return /^[\s‐‑–—-]$/u.test(character);
}

/** The code as it is printed, or what is wrong with it. */
export function readManualCode(text: string): Typed {
  const symbols: number[] = [];
  let found = 0;
  let position = 0;
  for (const typed of text) {
    position += 1;
    if (separates(typed)) continue;
    found += 1;
    if (found > SYMBOLS) continue;
    const symbol = symbolOf(typed);
    if (symbol === undefined) return { ok: false, wrong: { kind: 'symbol', typed, position } };
    symbols.push(symbol);
  }
  if (found !== SYMBOLS) return { ok: false, wrong: { kind: 'length', found } };
  if (!hasTwoChecks(symbols)) return { ok: false, wrong: { kind: 'check' } };
  return { ok: true, code: grouped(symbols.map((symbol) => ALPHABET.charAt(symbol)).join('')) };
}

/** What the field shows while somebody types: upper case, in groups of four. */
export function grouped(text: string): string {
  const letters = [...text].filter((character) => !separates(character)).join('').toUpperCase();
  return letters.replace(new RegExp(`(.{${GROUP}})(?=.)`, 'gu'), '$1-');
}

/** `grouped`, and where the caret belongs then: behind as many symbols as before. */
export function regrouped(text: string, caret: number): { text: string; caret: number } {
  const before = [...text.slice(0, caret)].filter((character) => !separates(character)).length;
  const shown = grouped(text);
  let place = 0;
  for (let symbols = 0; place < shown.length && symbols < before; place += 1) {
    if (!separates(shown.charAt(place))) symbols += 1;
  }
  // At the end of a group, but not of the code, the hyphen is behind the caret already.
  if (shown.charAt(place) === '-' && caret === text.length) place += 1;
  return { text: shown, caret: place };
}
