// The manual code as it is typed: Crockford's base32 with two Reed-Solomon check symbols over
// GF(32), as the server makes it (src/domain/voucher/symbols.rs). No look-up.

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const SYMBOLS = 12;

export type Typed =
  | { is: 'incomplete'; symbols: number }
  | { is: 'too-long' }
  | { is: 'wrong-symbol'; symbol: string }
  | { is: 'wrong-check' }
  | { is: 'code'; code: string };

/** The product in GF(32), with the primitive polynomial x^5 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let left = a, right = b; right !== 0; right >>= 1) {
    if (right & 1) product ^= left;
    left <<= 1;
    if (left & 32) left ^= 0b100101;
  }
  return product;
}

function valueAt(x: number, symbols: readonly number[]): number {
  return symbols.reduce((value, symbol) => times(value, x) ^ symbol, 0);
}

/** What was typed so far, in any case, with or without hyphens, O for 0 and I or L for 1. */
export function read(text: string): Typed {
  const symbols: number[] = [];
  for (const typed of text) {
    if (/[\s\-‐‑–—]/u.test(typed)) continue;
    const upper = typed.toUpperCase();
    const meant = upper === 'O' ? '0' : upper === 'I' || upper === 'L' ? '1' : upper;
    const symbol = ALPHABET.indexOf(meant);
    if (symbol < 0 || meant.length !== 1) return { is: 'wrong-symbol', symbol: typed };
    symbols.push(symbol);
  }
  if (symbols.length > SYMBOLS) return { is: 'too-long' };
  if (symbols.length < SYMBOLS) return { is: 'incomplete', symbols: symbols.length };
  if (valueAt(2, symbols) !== 0 || valueAt(4, symbols) !== 0) return { is: 'wrong-check' };
  return { is: 'code', code: grouped(symbols.map((symbol) => ALPHABET[symbol]).join('')) };
}

/** In groups of four, as it is printed. */
export function grouped(text: string): string {
  return (text.match(/.{1,4}/g) ?? []).join('-');
}
