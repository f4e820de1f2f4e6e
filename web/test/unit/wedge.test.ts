import { describe, expect, it } from 'vitest';
import { type Heard, type Key, SILENCE_MS, Wedge } from '../../src/read/wedge.ts';
import { passDigits } from '../../src/read/pass-text.ts';
import { DIGITS_EXAMPLE as DIGITS, keysOf } from '../support/passes.ts';

const ADDRESS = `HTTPS://PASS.EXEMPLE.FR/${DIGITS}`;

function play(keys: Key[], wedge = new Wedge()): { wedge: Wedge; heard: Heard[]; at: number } {
  const heard = keys.map((key) => wedge.press(key));
  return { wedge, heard, at: keys.at(-1)?.at ?? 0 };
}

const PASS = { kind: 'pass', digits: DIGITS };

describe('a hand scanner', () => {
  it.each([
    ['a US scanner on a US computer', 'us', 'us'],
    ['a US scanner on a French computer', 'us', 'fr'],
    ['a French scanner on a French computer', 'fr', 'fr'],
  ] as const)('%s, ended by Enter', (_, scanner, computer) => {
    const { wedge, at } = play(keysOf(ADDRESS, { scanner, computer, gap: 8 }));
    const end = wedge.press({ code: 'Enter', key: 'Enter', at: at + 8 });
    expect(end).toEqual({ machine: true, scan: PASS });
  });

  it('without Enter ends by silence, once', () => {
    const { wedge, at } = play(keysOf(ADDRESS, { gap: 8 }));
    expect(wedge.silence(at + SILENCE_MS - 1).scan).toBeUndefined();
    expect(wedge.silence(at + SILENCE_MS).scan).toEqual(PASS);
    expect(wedge.silence(at + 2 * SILENCE_MS).scan).toBeUndefined();
  });

  it('swallows an Enter that comes after the silence, and only that one', () => {
    const { wedge, at } = play(keysOf(ADDRESS, { gap: 8 }));
    wedge.silence(at + SILENCE_MS);
    expect(wedge.press({ code: 'Enter', key: 'Enter', at: at + 300 }).machine).toBe(true);
    expect(wedge.press({ code: 'Enter', key: 'Enter', at: at + 350 }).machine).toBe(false);
  });

  it('may be as slow as Bluetooth', () => {
    const { wedge, at } = play(keysOf(ADDRESS, { gap: 90 }));
    expect(wedge.silence(at + SILENCE_MS).scan).toEqual(PASS);
  });

  it('may send bare digits, from the row or the number block', () => {
    for (const block of ['Digit', 'Numpad']) {
      const keys = [...DIGITS].map((key, i) => ({ code: `${block}${key}`, key, at: i * 5 }));
      const { wedge, at } = play(keys);
      expect(wedge.silence(at + SILENCE_MS).scan).toEqual(PASS);
    }
  });

  it('may send each character by its number with Alt', () => {
    const wedge = new Wedge();
    let at = 0;
    for (const character of ADDRESS) {
      for (const key of `0${character.charCodeAt(0)}`) {
        wedge.press({ code: `Numpad${key}`, key, at: (at += 2), altKey: true });
      }
      wedge.release({ code: 'AltLeft', key: 'Alt', at: (at += 2) });
    }
    expect(wedge.silence(at + SILENCE_MS).scan).toEqual(PASS);
  });

  it('may be a phone that knows no keys, only characters', () => {
    const keys = [...ADDRESS].map((key, i) => ({ code: '', key, at: i * 10 }));
    const { wedge, at } = play(keys);
    expect(wedge.silence(at + SILENCE_MS).scan).toEqual(PASS);
  });

  it('says that another code, or a part of one, is unreadable', () => {
    for (const text of ['3760123456789', `HTTPS://PASS.EXEMPLE.FR/${DIGITS.slice(1)}`]) {
      const { wedge, at } = play(keysOf(text, { gap: 8 }));
      expect(wedge.silence(at + SILENCE_MS).scan).toEqual({ kind: 'unreadable' });
    }
  });

  it('is kept from the page once it is known for a machine', () => {
    const { heard } = play(keysOf(ADDRESS, { gap: 8 }));
    expect(heard.slice(0, 4).some((h) => h.machine)).toBe(false);
    expect(heard.slice(5).every((h) => h.machine)).toBe(true);
  });

  it('is read twice when it scans twice', () => {
    const first = play(keysOf(ADDRESS, { gap: 8 }));
    expect(first.wedge.silence(first.at + 200).scan).toEqual(PASS);
    const again = keysOf(ADDRESS, { gap: 8, from: first.at + 900 });
    const second = play(again, first.wedge);
    expect(second.wedge.silence(second.at + 200).scan).toEqual(PASS);
  });
});

describe('a person', () => {
  it('who types a manual code is not taken for a scanner', () => {
    const { wedge, heard, at } = play(keysOf('ABCD-EFGH-JKMN', { gap: 70 }));
    expect(heard.some((h) => h.machine)).toBe(false);
    expect(wedge.press({ code: 'Enter', key: 'Enter', at: at + 70 })).toEqual({ machine: false });
    expect(wedge.silence(at + 1000)).toEqual({ machine: false });
  });

  it('who rolls two keys at a time is none either', () => {
    const keys = keysOf('ABCDEFGHJKMN', {}).map((key, i) => ({ ...key, at: i * 60 - (i % 2) * 45 }));
    expect(play(keys).heard.some((h) => h.machine)).toBe(false);
  });

  it('who leans on a key is none', () => {
    const keys = Array.from({ length: 300 }, (_, i) => ({
      code: 'Digit5', key: '5', at: i * 30, repeat: i > 0,
    }));
    const { wedge, at } = play(keys);
    expect(wedge.silence(at + 200).scan).toBeUndefined();
  });
});

describe('the text of a pass', () => {
  it('is found in what scanners and browsers send', () => {
    for (const text of [
      ADDRESS, ADDRESS.toLowerCase(), `Https://autre.hote:8443/${DIGITS}\r\n`,
      `https://pass.exemple.fr/#${DIGITS}`, `https://pass.exemple.fr/${DIGITS}?utm_source=sms#haut`,
      `https://pass.exemple.fr/?langue=fr#${DIGITS}`, `\\000026${DIGITS}`,
      `\\000026${ADDRESS}`, `  ${DIGITS.slice(0, 100)} ${DIGITS.slice(100)}\n`,
      `\uFEFF${DIGITS}`, `]Q1${ADDRESS}`,
    ]) expect(passDigits(text), text).toBe(DIGITS);
  });

  it('typed by a US scanner on a French keyboard is understood', () => {
    for (const row of ['à&é"\'(-è_ç', 'À&É"\'(-È_Ç', 'à&é”’(§è!ç']) {
      const digits = [...DIGITS].map((d) => [...row][Number(d)]).join('');
      for (const head of ['', 'HTTPSM!!PQSS:EXE?PLE:FR!', 'HTTPSM==PASS:EXEMPLE:FR=', "*àààà-'"]) {
        expect(passDigits(head + digits)).toBe(DIGITS);
      }
    }
  });

  it('is refused when it is cut, too long, or has other digits', () => {
    for (let length = 0; length < DIGITS.length; length += 1) {
      expect(passDigits(DIGITS.slice(0, length))).toBeUndefined();
      expect(passDigits(`HTTPS://PASS.EXEMPLE.FR/${DIGITS.slice(length + 1)}`)).toBeUndefined();
    }
    for (const text of [`${DIGITS}0`, `0${DIGITS}`, `x${DIGITS}`, '٣'.repeat(204),
      DIGITS.replaceAll('0', 'O'), '0'.repeat(2049)]) expect(passDigits(text)).toBeUndefined();
  });
});
