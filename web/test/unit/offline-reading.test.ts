// What a device reads without trusting it: passes, key sets, pages of the feed.

import { describe, expect, it } from 'vitest';
import { base64url, fromBase64url, fromHex, hex } from '../../src/offline/bytes.ts';
import { dayIn, dayOf, dayText } from '../../src/offline/days.ts';
import { find, merged, pruned, sorted } from '../../src/offline/entries.ts';
import { readPage } from '../../src/offline/feed-page.ts';
import { follows, readKeySet, type VoucherKey } from '../../src/offline/key-set.ts';
import { check, decode } from '../../src/offline/pass.ts';
import { DIGITS_EXAMPLE } from '../support/passes.ts';
import { entriesOf, feedPage, keyOf, keySet, pair, pass, type Told } from '../support/signing.ts';

const RFC_KEY = fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
if (!RFC_KEY) throw new Error('no key');
const EXAMPLE_KEY: VoucherKey = {
  kid: '90facafe', publicKey: RFC_KEY, state: 'active', firstDay: dayOf('2026-11-01') ?? 0, lastDay: dayOf('2026-11-30'),
};
const service = await pair();
const PAYLOAD = { stock: false, voucher: 77n, programme: 7, workshops: 10, firstDay: 20_780, lastDay: 21_000 };

describe('a pass', () => {
  it('of the specification has its bytes, its signature and its fields', async () => {
    const bytes = decode(DIGITS_EXAMPLE);
    expect(hex(bytes?.slice(0, 20) ?? new Uint8Array())).toBe('0190facafe794e76e381437af300070a512c52a0');
    expect(await check(DIGITS_EXAMPLE, [EXAMPLE_KEY])).toEqual({ kind: 'pass', payload: {
      stock: false, voucher: 0x794e76e381437af3n, programme: 7, workshops: 10,
      firstDay: dayOf('2026-11-23'), lastDay: dayOf('2027-11-30'),
    } });
  });

  it('with any digit changed is refused', async () => {
    for (let place = 0; place < DIGITS_EXAMPLE.length; place += 1) {
      const digit = (Number(DIGITS_EXAMPLE.charAt(place)) + 1) % 10;
      const forged = DIGITS_EXAMPLE.slice(0, place) + digit + DIGITS_EXAMPLE.slice(place + 1);
      expect((await check(forged, [EXAMPLE_KEY])).kind, String(place)).toBe('refused');
    }
  });

  it('is told why it is refused, as the service tells it', async () => {
    const reason = async (digits: string, ...keys: VoucherKey[]): Promise<string> => {
      const checked = await check(digits, keys);
      return checked.kind === 'refused' ? checked.reason : 'none';
    };
    const good = await pass(service, PAYLOAD);
    expect(await reason(good, keyOf(service))).toBe('none');
    expect(await reason(good)).toBe('key_unknown');
    expect(await reason('9'.repeat(204), keyOf(service))).toBe('code_malformed');
    const other = await pair();
    expect(await reason(await pass({ ...other, kid: service.kid }, PAYLOAD), keyOf(service))).toBe('signature_invalid');
    // Of two keys that share a kid both are tried.
    const twin = { ...keyOf(other), kid: service.kid };
    expect(await reason(good, twin, keyOf(service))).toBe('none');
    for (const state of ['pending', 'compromised'] as const) expect(await reason(good, keyOf(service, state))).toBe('key_not_valid');
    expect(await reason(good, keyOf(service, 'retired', 20_780, 20_780))).toBe('none');
    expect(await reason(good, keyOf(service, 'retired', 20_781))).toBe('key_not_valid');
    expect(await reason(good, keyOf(service, 'active', 0, 20_779))).toBe('key_not_valid');
    for (const wrong of [{ workshops: 11 }, { workshops: 0 }, { programme: 0 }, { lastDay: 20_000 }, { voucher: -1n }]) {
      expect(await reason(await pass(service, { ...PAYLOAD, ...wrong }), keyOf(service))).toBe('code_malformed');
    }
  });
});

describe('a key set', () => {
  it('comes back with its keys, and is refused if anything of it is not the root key’s', async () => {
    const root = await pair();
    const text = await keySet(root, [keyOf(service, 'retired', 20_000, 20_900)], { sequence: 4 });
    const read = await readKeySet(text, root.publicKey);
    expect(read).toMatchObject({ sequence: 4, keys: [{ kid: service.kid, state: 'retired', firstDay: 20_000, lastDay: 20_900 }] });
    expect(await readKeySet(text, service.publicKey)).toBeUndefined();
    for (let place = 0; place < text.length; place += 7) {
      const touched = text.slice(0, place) + (text.charAt(place) === 'A' ? 'B' : 'A') + text.slice(place + 1);
      expect(await readKeySet(touched, root.publicKey), String(place)).toBeUndefined();
    }
    for (const of of [{ type: 'JWT' }, { more: { alg: 'none' } }, { more: { crit: ['b64'] } }, { exp: 1_795_000_000 + 36 * 86_400 }, { exp: 1 }]) {
      expect(await readKeySet(await keySet(root, [keyOf(service)], of), root.publicKey)).toBeUndefined();
    }
  });

  it('takes the place of none that is newer, or of another service', async () => {
    const root = await pair();
    const set = async (of: object) => {
      const read = await readKeySet(await keySet(root, [], of), root.publicKey);
      if (!read) throw new Error('not read');
      return read;
    };
    const known = await set({ sequence: 5 });
    expect(follows(await set({ sequence: 5 }), known)).toBe(true);
    expect(follows(await set({ sequence: 4 }), known)).toBe(false);
    expect(follows(await set({ sequence: 6, issuer: 'https://autre.fr' }), known)).toBe(false);
    expect(follows(known, undefined)).toBe(true);
  });
});

describe('a page of the feed', () => {
  it('is the bytes that the service writes', async () => {
    const page = await feedPage({ ...service, kid: '01010101' }, {
      until: 70_000n, next: 3n, programmes: [1, 65_535], told: [{ voucher: 5n, left: 3, lastDay: 20_000 }],
    });
    // The example of src/domain/feed.rs.
    expect(hex(page.slice(0, -64))).toBe('0101010101000000000000000c00000000000000000000000000011170'
      + '00000000000000030006608b015f300000020001ffff000000010000000000000005034e20');
    const read = await readPage(page, [{ ...keyOf(service), kid: '01010101' }]);
    expect(read).toMatchObject({ device: 12n, until: 70_000n, next: 3n, at: 1_795_000_000_000, programmes: [1, 65_535] });
    expect(find([read?.entries ?? new Uint8Array()], 5n)).toEqual({ left: 3, lastDay: 20_000 });
  });

  it('that was touched, cut, or signed by another is none', async () => {
    const page = await feedPage(service, { until: 9n, told: [{ voucher: 5n, left: 3, lastDay: 20_000 }] });
    expect(await readPage(page, [keyOf(service)])).toBeDefined();
    for (let place = 0; place < page.length; place += 3) {
      const touched = page.slice();
      touched[place] = (touched[place] ?? 0) ^ 1;
      expect(await readPage(touched, [keyOf(service)]), String(place)).toBeUndefined();
      expect(await readPage(page.slice(0, place), [keyOf(service)])).toBeUndefined();
    }
    for (const state of ['pending', 'compromised'] as const) expect(await readPage(page, [keyOf(service, state)])).toBeUndefined();
    expect(await readPage(page, [{ ...keyOf(await pair()), kid: service.kid }])).toBeUndefined();
  });
});

describe('entries', () => {
  const random = (count: number): Told[] => Array.from({ length: count }, () => ({
    voucher: BigInt(Math.floor(Math.random() * 60)) << BigInt(Math.floor(Math.random() * 56)),
    left: Math.floor(Math.random() * 11), lastDay: 20_000 + Math.floor(Math.random() * 30),
  }));

  it('are found as a map would have them, however they were merged', () => {
    for (let run = 0; run < 50; run += 1) {
      const [a, b, c] = [random(80), random(40), random(10)];
      const model = new Map([...a, ...b, ...c].map((one) => [one.voucher, one]));
      const pieces = [merged(sorted(entriesOf(a)), sorted(entriesOf(b))), sorted(entriesOf(c))];
      for (const [voucher, { left, lastDay }] of model) expect(find(pieces, voucher)).toEqual({ left, lastDay });
      expect(find(pieces, 0x7fff_ffff_ffff_ffffn)).toBeUndefined();
    }
  });

  it('whose last day is over are left out', () => {
    const told = [{ voucher: 1n, left: 0, lastDay: 19_999 }, { voucher: 2n, left: 0, lastDay: 20_000 }];
    const kept = pruned(sorted(entriesOf(told)), 20_000);
    expect([find([kept], 1n), find([kept], 2n)]).toEqual([undefined, { left: 0, lastDay: 20_000 }]);
  });

  it('of a million vouchers are 11 MB, and found at once', () => {
    const bytes = new Uint8Array(11_000_000);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < 1_000_000; i += 1) {
      view.setBigUint64(11 * i, BigInt((i * 7919) % 1_000_000) * 9_000_000_000_000n);
      bytes[11 * i + 8] = i % 11;
    }
    const chunk = sorted(bytes);
    const begun = performance.now();
    for (let i = 0; i < 1_000; i += 1) expect(find([chunk], BigInt(i * 7919) % 1_000_000n * 9_000_000_000_000n)?.left).toBe(i % 11);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

it('texts of bytes come back, and have one form each', () => {
  const bytes = crypto.getRandomValues(new Uint8Array(41));
  expect(fromBase64url(base64url(bytes))).toEqual(bytes);
  expect([fromBase64url('AB'), fromBase64url('A'), fromBase64url('AA=='), fromHex('0G')]).toEqual([undefined, undefined, undefined, undefined]);
});

it('days are those of the programme’s zone', () => {
  const late = Date.parse('2026-11-23T23:30:00Z');
  expect(dayText(dayIn('Europe/Paris', late))).toBe('2026-11-24');
  expect(dayText(dayIn('America/Martinique', late))).toBe('2026-11-23');
  expect(dayOf('2026-13-01')).toBeUndefined();
});
