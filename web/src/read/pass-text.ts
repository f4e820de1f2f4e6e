// The text of a pass: 204 digits, found in what a camera, a hand scanner or a paste gives.
// The same rules as the service's src/domain/voucher/text.rs. No signature is checked here.

/** Decimal digits of a pass. */
export const DIGITS = 204;
/** The longest text that is looked at; a pass's address has about 221 characters. */
const LONGEST = 2048;

const ROW: Readonly<Record<string, string>> = {
  à: '0', À: '0', '&': '1', é: '2', É: '2', '"': '3', '“': '3', '”': '3',
  "'": '4', '‘': '4', '’': '4', '(': '5', '-': '6', '§': '6', è: '7', È: '7',
  _: '8', '!': '8', ç: '9', Ç: '9',
};

/** The digit on the same key of the upper row, with or without shift or caps lock. */
function digit(key: string): string | undefined {
  return /^[0-9]$/.test(key) ? key : ROW[key];
}

/**
 * The 204 digits, bare or at the end of an address, or nothing. A scanner that believes in
 * another keyboard garbles the address, so it is not parsed: its last 204 characters count, and
 * what stands before them must be what some keyboard makes of a slash.
 */
export function passDigits(text: string): string | undefined {
  if (new TextEncoder().encode(text).length > LONGEST) return undefined;
  const characters = [...text].filter((character) => !/[\s\uFEFF]/u.test(character));
  // A question mark may also be the letter M of a host, so it only separates.
  for (const piece of split(withoutEci(characters))) {
    const digits = lastDigits(piece);
    if (digits !== undefined) return digits;
  }
  return undefined;
}

/** Without the ECI designator `\0000nn` that some scanners send first (`*` on a French keyboard). */
function withoutEci(text: string[]): string[] {
  const [first, ...rest] = text;
  const designator = rest.slice(0, 6);
  const starts = first === '\\' || first === '*';
  const whole = designator.length === 6 && designator.every((c) => digit(c) !== undefined);
  return starts && whole ? rest.slice(6) : text;
}

function split(text: string[]): string[][] {
  const pieces: string[][] = [[]];
  for (const character of text) {
    if (character === '?' || character === '#') pieces.push([]);
    else pieces.at(-1)?.push(character);
  }
  return pieces;
}

function lastDigits(piece: string[]): string | undefined {
  const start = piece.length - DIGITS;
  if (start < 0) return undefined;
  // US, French, Belgian or Apple French: the key of the slash.
  const before = piece[start - 1];
  if (before !== undefined && !'/!='.includes(before)) return undefined;
  const digits = piece.slice(start).map(digit);
  return digits.includes(undefined) ? undefined : digits.join('');
}
