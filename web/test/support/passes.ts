// What tests scan: the example of the format's specification, under a public test key of RFC 8032
// that no service accepts, and the keys that a hand scanner would send for a text.

import type { Key } from '../../src/read/wedge.ts';

export const DIGITS_EXAMPLE =
  '004408817986092303346419157427481601981668589215908060143783665316502208322531420486420533' +
  '259307783879371118326680125093796074050637998048565874067889385616832355447108456280170700' +
  '556544434298231778028810';

type Layout = 'us' | 'fr';

// By place: the code of a key, what it gives on a US and on a French computer, plain and shifted.
const PLACES: readonly (readonly [string, string, string])[] = [
  ...[...'1234567890'].map((d, i): [string, string, string] => [
    `Digit${d}`, `${d}${'!@#$%^&*()'[i]}`, `${'&é"\'(-è_çà'[i]}${d}`,
  ]),
  ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((l): [string, string, string] => {
    const fr = { A: 'Q', Q: 'A', W: 'Z', Z: 'W' }[l] ?? l;
    return [`Key${l}`, `${l.toLowerCase()}${l}`, l === 'M' ? ',?' : `${fr.toLowerCase()}${fr}`];
  }),
  ['Semicolon', ';:', 'mM'], ['Slash', '/?', '!§'], ['Period', '.>', ':/'],
  ['Comma', ',<', ';.'], ['Minus', '-_', ')°'],
];

interface Sending { scanner?: Layout; computer?: Layout; gap?: number; from?: number }

/** The keys by which a scanner set to one layout sends a text to a computer set to another. */
export function keysOf(text: string, sending: Sending): Key[] {
  const { scanner = 'us', computer = 'us', gap = 10, from = 0 } = sending;
  return [...text].map((character, i) => {
    for (const [code, us, fr] of PLACES) {
      const shift = (scanner === 'us' ? us : fr).indexOf(character);
      if (shift < 0) continue;
      return { code, key: (computer === 'us' ? us : fr).charAt(shift), at: from + i * gap };
    }
    throw new Error(`no key for ${character}`);
  });
}
