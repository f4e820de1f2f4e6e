// Small parts: ids, what is kept, what a text holds, and the words of both languages.

import { describe, expect, it } from 'vitest';
import { passDigits } from '../../src/read/pass-text.ts';
import { type Attempt, uuid7 } from '../../src/scan/attempt.ts';
import { attemptsIn } from '../../src/scan/attempts.ts';
import { storageOr } from '../../src/scan/preferences.ts';
import { en } from '../../src/words/en.ts';
import { fr, type Sentence } from '../../src/words/fr.ts';
import { DIGITS_EXAMPLE, keysOf } from '../support/passes.ts';

/** A storage as a browser without one gets it. */
const storage = (): Storage => storageOr(() => { throw new Error('forbidden'); });

const attempt = (id: string, by: string, madeAt: number): Attempt =>
  ({ id, by, madeAt, redeeming: { venue: '1', code: 'AAAA-BBBB-CCCC', workshops: 2, group: true } });

it('an id is of version 7 and sorts by its time', () => {
  const zero = new Uint8Array(16);
  const full = new Uint8Array(16).fill(255);
  expect(uuid7(0x0123_4567_89ab, zero)).toBe('01234567-89ab-7000-8000-000000000000');
  expect(uuid7(0x0123_4567_89ab, full)).toBe('01234567-89ab-7fff-bfff-ffffffffffff');
  expect(uuid7(1_000, full) < uuid7(1_001, zero)).toBe(true);
});

describe('attempts', () => {
  it('are kept as they are, and the oldest of an account comes first', () => {
    const kept = attemptsIn(storage());
    kept.keep(attempt('b', '7', 2));
    kept.keep(attempt('a', '7', 1));
    kept.keep(attempt('c', '8', 0));
    expect(kept.oldest('7')).toEqual(attempt('a', '7', 1));
    kept.forget('a');
    expect(kept.oldest('7')?.id).toBe('b');
    kept.forget('b');
    expect([kept.oldest('7'), kept.count()]).toEqual([undefined, 1]);
  });

  it('that cannot be read are passed over', () => {
    const place = storage();
    place.setItem('scan.attempt.x', '{"id":"x"}');
    place.setItem('scan.attempt.y', 'no JSON');
    const kept = attemptsIn(place);
    kept.keep(attempt('a', '7', 1));
    expect(kept.oldest('7')?.id).toBe('a');
  });
});

describe('the digits of a pass', () => {
  const address = `HTTPS://PASS.EXEMPLE.FR/${DIGITS_EXAMPLE}`;

  it.each([
    ['bare', DIGITS_EXAMPLE], ['an address', address], ['in small letters', address.toLowerCase()],
    ['with spaces around', ` ${address}\n`], ['with a commune', `${address}?near=13001`],
    ['with an ECI', `\\000026${address}`],
    ['on an AZERTY computer', keysOf(address, { computer: 'fr' }).map(({ key }) => key).join('')],
  ])('are found %s', (_, text) => { expect(passDigits(text)).toBe(DIGITS_EXAMPLE); });

  it.each([
    ['one is missing', DIGITS_EXAMPLE.slice(1)], ['there is nothing', ''],
    ['it is something else', '3760123456789'], ['it is too long', 'x'.repeat(3_000)],
  ])('are not found when %s', (_, text) => { expect(passDigits(text)).toBeUndefined(); });
});

describe('the words', () => {
  const forms = (sentence: Sentence): string[] =>
    (typeof sentence === 'string' ? [sentence] : [sentence.one, sentence.other]);
  const facts = (sentence: Sentence): string[] =>
    [...new Set(forms(sentence).join(' ').match(/\{\w+\}/g) ?? [])].sort();

  it('say the same things in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(fr).sort());
    for (const [key, sentence] of Object.entries(fr)) {
      const other = Object.entries(en).find(([name]) => name === key)?.[1] ?? '';
      expect([key, facts(other)]).toEqual([key, facts(sentence)]);
    }
  });

  it('have the spaces of French', () => {
    for (const text of Object.values(fr).flatMap(forms)) {
      expect(text).not.toMatch(/ [:;!?»]|« |'/);
      expect(text).not.toMatch(/[^\s\u00A0\u202F][;!?»]/);
    }
  });
});
