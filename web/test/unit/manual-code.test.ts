import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { grouped, readManualCode, regrouped } from '../../src/read/manual-code.ts';
import { ALPHABET, hasTwoChecks, symbolOf } from '../../src/read/symbols.ts';

// The code of manual_code.rs's tests: voucher 0x794e76e381437af3 under the key of 32 sevens.
const good = withChecks(head(createHmac('sha256', Buffer.alloc(32, 7))
  .update(Buffer.from('794e76e381437af3', 'hex')).digest()));

/** The first 50 bits, by five. */
function head(bytes: Buffer): number[] {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: 10 }, (_, i) => parseInt(bits.slice(i * 5, i * 5 + 5), 2));
}

/** Tries all pairs: the two that make the checks right are the only ones. */
function withChecks(data: number[]): number[] {
  for (let high = 0; high < 32; high += 1) {
    for (let low = 0; low < 32; low += 1) {
      if (hasTwoChecks([...data, high, low])) return [...data, high, low];
    }
  }
  throw new Error('every code word has check symbols');
}

const text = (symbols: number[]): string => grouped(symbols.map((s) => ALPHABET[s]).join(''));
const refused = (symbols: number[]): boolean => {
  const typed = readManualCode(text(symbols));
  return !typed.ok && typed.wrong.kind === 'check';
};

describe('a manual code', () => {
  it('of zeros alone is one, with look-alikes too', () => {
    for (const code of ['0000-0000-0000', 'oO00-oooo-0000']) {
      expect(readManualCode(code)).toEqual({ ok: true, code: '0000-0000-0000' });
    }
  });

  it('is understood in any case, with hyphens, spaces or none, and with look-alikes', () => {
    const printed = text(good);
    const same = { ok: true, code: printed };
    expect(readManualCode(printed)).toEqual(same);
    expect(readManualCode(printed.toLowerCase())).toEqual(same);
    expect(readManualCode(printed.replaceAll('-', ''))).toEqual(same);
    expect(readManualCode(printed.replaceAll('-', ' '))).toEqual(same);
    expect(readManualCode(printed.replaceAll('-', '–'))).toEqual(same);
    expect(['1', 'i', 'L'].map(symbolOf)).toEqual([1, 1, 1]);
  });

  it('says whether its length, a character or its check symbols are wrong', () => {
    const wrong = (code: string): unknown => {
      const typed = readManualCode(code);
      return typed.ok ? undefined : typed.wrong;
    };
    expect(wrong('0000-0000-000')).toEqual({ kind: 'length', found: 11 });
    expect(wrong('0000-0000-00000')).toEqual({ kind: 'length', found: 13 });
    expect(wrong('0000-U000-0000')).toEqual({ kind: 'symbol', typed: 'U', position: 6 });
    expect(wrong('')).toEqual({ kind: 'length', found: 0 });
    expect(wrong('0000-0000-0001')).toEqual({ kind: 'check' });
  });

  it('detects every single and every double error', () => {
    let missed = 0;
    for (let first = 0; first < 12; first += 1) {
      for (let error = 1; error < 32; error += 1) {
        const one = good.with(first, (good[first] ?? 0) ^ error);
        if (!refused(one)) missed += 1;
        for (let second = first + 1; second < 12; second += 1) {
          for (let other = 1; other < 32; other += 1) {
            if (hasTwoChecks(one.with(second, (one[second] ?? 0) ^ other))) missed += 1;
          }
        }
      }
    }
    expect(missed).toBe(0);
  });

  it('detects every exchange and every twin error', () => {
    for (let a = 0; a < 12; a += 1) {
      for (let b = a + 1; b < 12; b += 1) {
        if (good[a] === good[b]) continue;
        expect(refused(good.with(a, good[b] ?? 0).with(b, good[a] ?? 0))).toBe(true);
      }
    }
    const twins = withChecks([5, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
    for (let a = 0; a < 9; a += 1) {
      for (let twin = 0; twin < 32; twin += 1) {
        if (twin !== 5) expect(refused(twins.with(a, twin).with(a + 1, twin))).toBe(true);
      }
    }
  });
});

describe('the field of the code', () => {
  it('groups by four while somebody types', () => {
    expect(grouped('abc')).toBe('ABC');
    expect(grouped('abcd')).toBe('ABCD');
    expect(grouped('abcde f')).toBe('ABCD-EF');
    expect(grouped('abcdefghjkmn')).toBe('ABCD-EFGH-JKMN');
  });

  it('keeps the caret behind the same symbol', () => {
    expect(regrouped('abcde', 5)).toEqual({ text: 'ABCD-E', caret: 6 });
    expect(regrouped('ABXCD-E', 3)).toEqual({ text: 'ABXC-DE', caret: 3 });
    expect(regrouped('ABCD-', 5)).toEqual({ text: 'ABCD', caret: 4 });
  });
});
