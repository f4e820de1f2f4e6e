// A workshop that somebody else looks at before it is paid: what is read of it, and what is said.

import { describe, expect, it } from 'vitest';
import { parseReceipt, parseRedemption } from '../../src/api/types.ts';
import type { Spend } from '../../src/offline/spends.ts';
import { parseSynced } from '../../src/offline/sync.ts';
import { after } from '../../src/offline/upload.ts';
import { heldWords } from '../../src/view/history.ts';
import { Speech } from '../../src/words/index.ts';

const receipt = {
  id: 'A', seq: '9', voucher: '5', venue: '1', workshops: 1, left: 2, last_day: '2027-01-31', occurred_at: '2026-11-24T09:00:00Z', reversed: false,
};
const redemption = { seq: '9', workshops: 1, delivery: {}, occurred_at: '2026-11-24T09:00:00Z' };
const CAUSES = ['many_in_a_day', 'own_issuer', 'same_person', 'burst', 'many_offline', 'disputed'];

describe('a receipt', () => {
  it('says that its workshop is held', () => {
    expect(parseReceipt({ ...receipt, held: ['burst'] })?.held).toBe(true);
  });

  it.each([undefined, [], 'burst'])('is of a workshop that is not, with %j', (held) => {
    expect(parseReceipt({ ...receipt, held })?.held).toBe(false);
  });
});

describe('a line of the day', () => {
  it('knows what becomes of a held workshop, and why', () => {
    const held = parseRedemption({ ...redemption, held: { state: 'held', causes: ['burst', 7] } })?.held;
    expect(held).toEqual({ state: 'held', causes: ['burst'] });
    expect(parseRedemption({ ...redemption, held: { state: 'reversed', causes: [] } })).not.toHaveProperty('held');
    expect(parseRedemption(redemption)).not.toHaveProperty('held');
  });

  it.each(['fr', 'en'] as const)('says each cause in words of its own in %s', (language) => {
    const said = CAUSES.map((cause) => heldWords(new Speech(language), { state: 'held', causes: [cause] }));
    const unknown = heldWords(new Speech(language), { state: 'held', causes: ['of_a_later_version'] });
    expect(new Set([...said, unknown]).size).toBe(CAUSES.length + 1);
    for (const words of said) expect(words).not.toMatch(/_|\{/);
  });

  it('says once that a person has looked', () => {
    const speech = new Speech('fr');
    expect(heldWords(speech, { state: 'released', causes: ['burst'] })).toContain('sera payé');
    expect(heldWords(speech, { state: 'held', causes: ['one', 'two'] }).match(/à vérifier/g)).toHaveLength(1);
  });
});

it('a workshop taken without network keeps it too', () => {
  const redemption = { seq: '9', voucher: '5', left: 2, last_day: '2027-01-31', reversed: false, held: ['many_offline'] };
  const told = (of: object): Spend => {
    const synced = parseSynced({ now: '2026-11-24T10:00:00Z', verdicts: [{ verdict: 'accepted', kept: true, redemption: of }] });
    const spend: Spend = {
      request: 'A', voucher: '5', venue: '1', workshops: 1, delivery: {}, at: 0, typed: false, fate: 'waiting',
    };
    const [verdict] = synced?.verdicts ?? [];
    return verdict ? after(spend, verdict, 0n) : spend;
  };
  expect(told(redemption)).toMatchObject({ fate: 'accepted', held: true });
  expect(told({ ...redemption, held: [] })).not.toHaveProperty('held');
});
