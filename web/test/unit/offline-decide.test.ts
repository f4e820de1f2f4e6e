// What a device decides by itself, one rule after the other.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decide, type Decision, type Known, MOST_CLAIMS, type Question } from '../../src/offline/decide.ts';
import { dayOf } from '../../src/offline/days.ts';
import type { Payload } from '../../src/offline/pass.ts';
import type { Programme } from '../../src/offline/place.ts';
import { after } from '../../src/offline/upload.ts';
import { isProblem, type Spend } from '../../src/offline/spends.ts';
import { freshness, FRESH_MS } from '../../src/offline/standing.ts';
import { feedDays, parseProgramme } from '../../src/offline/place.ts';
import { nothing } from '../../src/offline/feed.ts';
import { en } from '../../src/words/en.ts';
import { fr, type Sentence } from '../../src/words/fr.ts';

const NOON = Date.parse('2026-11-24T11:00:00Z');
const day = (text: string): number => dayOf(text) ?? 0;
const payload = (of: Partial<Payload> = {}): Payload => ({
  stock: false, voucher: 77n, programme: 7, workshops: 5, firstDay: day('2026-11-01'), lastDay: day('2026-12-31'), ...of,
});
const programme: Programme = {
  id: 7, zone: 'Europe/Paris', perDay: undefined, perVenue: undefined, serviceRequired: false, services: [], feedDays: 7,
};
const spend = (of: Partial<Spend> = {}): Spend => ({
  request: 'r', voucher: '77', venue: '1', workshops: 1, delivery: {}, at: NOON - 1_000, typed: false, sequence: 1,
  fate: 'waiting', open: 1, ...of,
});
const ask = (of: Partial<Payload> = {}, known: Partial<Known> = {}, question: Partial<Question> = {}): Decision => decide(
  { shown: { kind: 'pass', payload: payload(of) }, venue: '1', workshops: 1, delivery: {}, at: NOON, ...question },
  { programmes: [programme], entry: undefined, spends: [], claims: 0, ...known },
);
const reason = (decision: Decision): string => (decision.kind === 'refused' ? decision.reason : `left ${decision.left}`);

describe('a pass', () => {
  it('that its signature alone speaks for is taken', () => {
    expect(ask()).toEqual({ kind: 'taken', left: 4, lastDay: day('2026-12-31') });
  });

  it('is judged by its days in the programme’s zone, and by the feed’s before its own', () => {
    const at = Date.parse('2026-12-31T22:59:00Z');
    expect(reason(ask({}, {}, { at }))).toBe('left 4');
    expect(ask({}, {}, { at: at + 120_000 })).toEqual({ kind: 'refused', reason: 'voucher_expired', day: '2026-12-31' });
    expect(reason(ask({}, { entry: { left: 5, lastDay: day('2027-01-31') } }, { at: at + 120_000 }))).toBe('left 4');
    expect(reason(ask({}, { entry: { left: 5, lastDay: day('2026-11-20') } }))).toBe('voucher_expired');
    expect(ask({ firstDay: day('2026-11-25') })).toMatchObject({ reason: 'voucher_not_yet_valid', day: '2026-11-25' });
  });

  it('of another programme, or printed ahead and not in the feed, is refused', () => {
    expect(reason(ask({ programme: 8 }))).toBe('venue_not_admitted');
    expect(reason(ask({ stock: true }))).toBe('voucher_stock');
    expect(reason(ask({ stock: true }, { entry: { left: 3, lastDay: day('2026-12-01') } }))).toBe('left 2');
    // Its own days are the feed's alone.
    expect(reason(ask({ stock: true, firstDay: day('2026-12-01') }, { entry: { left: 3, lastDay: day('2026-12-01') } }))).toBe('left 2');
  });

  it('whose signature is not good, whose key is not known: as the check says', () => {
    for (const why of ['code_malformed', 'key_unknown', 'signature_invalid', 'key_not_valid'] as const) {
      expect(reason(ask({}, {}, { shown: { kind: 'refused', reason: why } }))).toBe(why);
    }
  });

  it('has what the feed says, and no more', () => {
    const entry = { left: 2, lastDay: day('2026-12-31') };
    expect(reason(ask({}, { entry }))).toBe('left 1');
    expect(ask({}, { entry }, { workshops: 3 })).toEqual({ kind: 'refused', reason: 'workshops_insufficient', left: 2 });
    expect(reason(ask({}, { entry: { ...entry, left: 0 } }))).toBe('voucher_nothing_left');
    expect(reason(ask({}, {}, { workshops: 11 }))).toBe('request_malformed');
  });
});

describe('what the device took itself', () => {
  it('is subtracted until the feed tells it, and not after', () => {
    const spends = [spend(), spend({ request: 's' })];
    expect(reason(ask({}, { spends }))).toBe('left 2');
    const counted = [spend({ fate: 'accepted', seq: '40', left: 4 }), spend({ request: 's', fate: 'replayed', seq: '41', left: 3 })];
    // The feed of before does not know them.
    expect(reason(ask({}, { spends: counted }))).toBe('left 2');
    const { open: _, ...told } = spend({ fate: 'accepted', seq: '40', left: 4 });
    expect(reason(ask({}, { spends: [told], entry: { left: 4, lastDay: day('2026-12-31') } }))).toBe('left 3');
  });

  it('is what the service said later, where others took some meanwhile', () => {
    const spends = [spend({ fate: 'accepted', seq: '40', left: 1 })];
    expect(reason(ask({}, { spends }))).toBe('left 0');
    expect(ask({}, { spends: [...spends, spend({ request: 's', at: NOON - 500, venue: '2' })] }))
      .toEqual({ kind: 'refused', reason: 'voucher_exhausted', left: 0, at: NOON - 500, venue: '2' });
  });

  it('says when and where its last one was, if that is why', () => {
    const spends = [1, 2, 3, 4, 5].map((i) => spend({ request: String(i), at: NOON - i }));
    expect(ask({}, { spends })).toMatchObject({ reason: 'voucher_exhausted', at: NOON - 1, venue: '1' });
    // A pass that was cancelled meanwhile was not exhausted here.
    expect(reason(ask({}, { spends: [spend()], entry: { left: 0, lastDay: day('2026-12-31') } }))).toBe('voucher_nothing_left');
  });

  it('takes nothing when it was refused, waits for its pay elsewhere, or was undone; in doubt it does', () => {
    const some = (of: Partial<Spend>): string => reason(ask({}, { spends: [spend(of)] }));
    expect(['refused', 'conflict'].map((fate) => some({ fate: fate as Spend['fate'] }))).toEqual(['left 4', 'left 4']);
    expect(some({ fate: 'accepted', seq: '3', left: 4, undone: true })).toBe('left 4');
    expect(['quarantined', 'not_kept'].map((fate) => some({ fate: fate as Spend['fate'] }))).toEqual(['left 3', 'left 3']);
    expect(some({ fate: 'quarantined', cause: 'voucher_unknown' })).toBe('voucher_unknown');
  });

  it('counts against the programme’s limits, by day and by venue', () => {
    const spends = [spend({ venue: '2' }), spend({ request: 's', at: NOON - 86_400_000 })];
    const limited = (of: Partial<Programme>): string => reason(ask({}, { spends, programmes: [{ ...programme, ...of }] }));
    expect([limited({ perDay: 1 }), limited({ perDay: 2 })]).toEqual(['programme_limit', 'left 2']);
    expect([limited({ perVenue: 1 }), limited({ perVenue: 2 })]).toEqual(['programme_limit', 'left 2']);
  });
});

it('a service that the programme wants or does not pay is as online', () => {
  const with_terms = (of: Partial<Programme>, delivery: Question['delivery']): string =>
    reason(ask({}, { programmes: [{ ...programme, ...of }] }, { delivery }));
  expect(with_terms({ serviceRequired: true }, {})).toBe('service_required');
  expect(with_terms({ services: ['security'] }, { service: 'leisure' })).toBe('service_not_admitted');
  expect(with_terms({ services: ['security'], serviceRequired: true }, { service: 'security' })).toBe('left 4');
});

it('a typed code is a claim, and not too many wait', () => {
  expect(ask({}, {}, { shown: { kind: 'claim' } })).toEqual({ kind: 'taken' });
  expect(reason(ask({}, { claims: MOST_CLAIMS }, { shown: { kind: 'claim' } }))).toBe('too_many_claims');
});

describe('a verdict', () => {
  const counted = { seq: '50', voucher: '77', left: 3, lastDay: 20_900, reversed: false };

  it('that counts it closes it once the feed tells it', () => {
    const verdict = { verdict: 'accepted', kept: true, counted };
    expect(after(spend(), verdict, 49n)).toMatchObject({ fate: 'accepted', seq: '50', left: 3, lastDay: 20_900, open: 1 });
    expect(after(spend(), verdict, 50n)).not.toHaveProperty('open');
    expect(after(spend({ voucher: '' }), verdict, 0n)).toMatchObject({ voucher: '77' });
    expect(after(spend(), { ...verdict, counted: { ...counted, reversed: true } }, 0n)).toMatchObject({ undone: true });
  });

  it('of another kind is a problem that is shown', () => {
    for (const [told, kept, fate] of [
      ['refused', true, 'refused'], ['quarantined', true, 'quarantined'], ['conflict', true, 'conflict'],
      ['refused', false, 'not_kept'], ['something new', true, 'quarantined'],
    ] as const) {
      const done = after(spend(), { verdict: told, kept, reason: 'voucher_cancelled' }, 0n);
      expect([done.fate, isProblem(done), done.reason]).toEqual([fate, true, 'voucher_cancelled']);
    }
    expect(isProblem(after(spend(), { verdict: 'accepted', kept: true, counted }, 0n))).toBe(false);
  });
});

it('what is known ages in three steps', () => {
  const keys = { issuer: 'x', sequence: 1, issuedAt: 0, expiresAt: NOON + 8 * FRESH_MS, keys: [] };
  const feed = { ...nothing('12'), at: NOON };
  expect(freshness(NOON + FRESH_MS, feed, keys, 7)).toBe('fresh');
  expect(freshness(NOON + FRESH_MS + 1, feed, keys, 7)).toBe('aging');
  expect(freshness(NOON, feed, { ...keys, expiresAt: NOON - 1 }, 7)).toBe('aging');
  expect(freshness(NOON + 7 * FRESH_MS + 1, feed, keys, 7)).toBe('risky');
  expect([freshness(NOON, nothing('12'), keys, 7), freshness(NOON, feed, undefined, 7)]).toEqual(['risky', 'risky']);
});

it('the days that a feed vouches for are the programmes’ own, the fewest of them', () => {
  const of = (days: unknown) => parseProgramme({ id: '7', terms: { time_zone: 'Europe/Paris', services: [], offline: { feed_days: days } } });
  expect(of(3)).toMatchObject({ id: 7, zone: 'Europe/Paris', feedDays: 3 });
  expect(of(undefined)?.feedDays).toBe(7);
  expect(feedDays({ programmes: [programme, { ...programme, feedDays: 2 }] })).toBe(2);
  expect([feedDays(undefined), feedDays({ programmes: [{ ...programme, feedDays: 14 }] })]).toEqual([7, 14]);
  expect(parseProgramme({ id: '7', terms: {} })).toBeUndefined();
});

describe.each([['fr', fr], ['en', en]] as const)('the words of refusals in %s', (language, words) => {
  it('are those of the service', () => {
    const text = readFileSync(join(import.meta.dirname, `../../../locales/${language}/problems.ftl`), 'utf8');
    const plain = (sentence: string): string => sentence.replace(/\{ \$(\w+) \}/g, (_, name: string) => `{${name}}`)
      .replace('{left}', '{n}').replace(/[\u00A0\u202F]/g, ' ');
    let compared = 0;
    for (const [key, sentence] of Object.entries<Sentence>(words)) {
      const reason_of = key.replace(/^why_/, '');
      const theirs = new RegExp(`^${reason_of} = (.+)$`, 'm').exec(text)?.[1];
      if (key === reason_of || theirs === undefined || typeof sentence !== 'string') continue;
      expect([key, plain(sentence)]).toEqual([key, plain(theirs)]);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(19);
  });
});
