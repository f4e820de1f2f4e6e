// Symbols of 5 bits: Crockford's base32, and the field GF(32) that check symbols are made in.
// The same rules as the service's src/domain/voucher/symbols.rs, tested on the same vectors.

/** Crockford's base32 alphabet: no I, L, O or U. */
export const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const ALPHA = 2;
const ALPHA_SQUARED = 4;

/** The product in GF(32), with the primitive polynomial x^5 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let left = a, right = b; right !== 0; right >>= 1) {
    if (right & 1) product ^= left;
    left <<= 1;
    if (left & 32) left ^= 0b10_0101;
  }
  return product;
}

/** The value at `x` of the polynomial whose highest coefficient is the first symbol. */
function valueAt(x: number, symbols: readonly number[]): number {
  return symbols.reduce((value, symbol) => times(value, x) ^ symbol, 0);
}

/** Whether the last two symbols are the Reed-Solomon check symbols of those before them. */
export function hasTwoChecks(symbols: readonly number[]): boolean {
  return valueAt(ALPHA, symbols) === 0 && valueAt(ALPHA_SQUARED, symbols) === 0;
}

/** The symbol of a typed character, O standing for 0, I and L for 1; nothing if it is none. */
export function symbolOf(typed: string): number | undefined {
  const letter = typed.toUpperCase();
  const plain = letter === 'O' ? '0' : letter === 'I' || letter === 'L' ? '1' : letter;
  const place = plain.length === 1 ? ALPHABET.indexOf(plain) : -1;
  return place < 0 ? undefined : place;
}
