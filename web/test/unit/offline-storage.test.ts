// What a device keeps: its chain, its queue, its feed; with two windows at once, and when writing fails.

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../../src/api/http.ts';
import type { OwnDevice } from '../../src/api/own-device.ts';
import { base64url, fromBase64url, hex, joined, sha256, utf8 } from '../../src/offline/bytes.ts';
import { type Database, openDatabase } from '../../src/offline/database.ts';
import { fetchDecisions } from '../../src/offline/decisions.ts';
import { cursor, Feed } from '../../src/offline/feed.ts';
import { Genuine, readGenuine } from '../../src/offline/genuine.ts';
import { Knowledge } from '../../src/offline/knowledge.ts';
import { decode } from '../../src/offline/pass.ts';
import { NOTHING } from '../../src/offline/record.ts';
import { Recorder } from '../../src/offline/recorder.ts';
import type { Synced, TellingVerdict } from '../../src/offline/sync.ts';
import { type Send, Upload } from '../../src/offline/upload.ts';
import type { Attempt } from '../../src/scan/attempt.ts';
import { feedPage, genuinePage, keyOf, keySet, pair, pass, type PageOf } from '../support/signing.ts';

const NOW = 1_795_000_000_000;
const DAY = Math.floor(NOW / 86_400_000);
const [root, service, own] = [await pair(), await pair(), await pair()];
const identity = { device: '12', name: 'T', venues: [], key: { signs: own.signs, publicKey: hex(own.publicKey) } };
const programmes = [{ id: 7, zone: 'Europe/Paris', perDay: undefined, perVenue: undefined, serviceRequired: false, services: [], feedDays: 7 }];
const payload = (voucher: bigint, workshops = 5) =>
  ({ stock: false, voucher, programme: 7, workshops, firstDay: DAY - 10, lastDay: DAY + 50 });

let database: Database;
let clock = NOW;
let ids = 0;

interface Window { readonly feed: Feed; readonly knowledge: Knowledge; readonly recorder: Recorder }

/** Another window of the same browser. */
function opened(): Window {
  const feed = new Feed(database, '12');
  const knowledge = new Knowledge(database, '12', feed);
  return { feed, knowledge, recorder: new Recorder(database, identity, feed, async () => (await knowledge.keys())?.keys ?? [], () => clock) };
}

function attempt(code: string, workshops = 1): Attempt {
  ids += 1;
  const id = `00000000-0000-7000-8000-${String(ids).padStart(12, '0')}`;
  return { id, by: 'device:12', madeAt: clock, redeeming: { venue: '1', code, workshops, group: true } };
}

const ownDevice = async (of: Partial<OwnDevice> = {}): Promise<OwnDevice> => ({
  device: '12', name: 'T', venues: [], programmes, root: hex(root.publicKey),
  keySet: await keySet(root, [keyOf(service)]), now: NOW, ...of,
});

beforeEach(async () => {
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('indexedDB', new IDBFactory());
  const found = await openDatabase();
  if (!found) throw new Error('no database');
  database = found;
  clock = NOW;
  await opened().knowledge.learn(await ownDevice(), NOW, NOW);
});

/** What a record says, after its signature and its place in the chain are checked. */
async function claims(record: string, before: string): Promise<{ claims: Record<string, unknown>; hash: string }> {
  const [header = '', told = '', signature = ''] = record.split('.');
  const input = utf8(`${header}.${told}`);
  const key = await crypto.subtle.importKey('raw', own.publicKey, 'Ed25519', false, ['verify']);
  expect(await crypto.subtle.verify('Ed25519', key, fromBase64url(signature) ?? new Uint8Array(), input)).toBe(true);
  const read: unknown = JSON.parse(new TextDecoder().decode(fromBase64url(told)));
  const all = Object.fromEntries(Object.entries(read as object));
  expect(all['before']).toBe(before);
  return { claims: all, hash: base64url(await sha256(input)) };
}

/** The whole chain, each bound to the one before. */
async function chain(): Promise<Record<string, unknown>[]> {
  let before = NOTHING;
  const all: Record<string, unknown>[] = [];
  for (const [i, waiting] of (await database.getAll('records')).entries()) {
    const read = await claims(waiting.record, before);
    expect([waiting.sequence, read.claims['sequence'], read.claims['request']]).toEqual([i + 1, i + 1, waiting.request]);
    const salt = fromBase64url(waiting.salt) ?? new Uint8Array();
    expect(read.claims['shown']).toBe(base64url(await sha256(joined(salt, utf8(waiting.code)))));
    before = read.hash;
    all.push(read.claims);
  }
  return all;
}

describe('records', () => {
  it('are a chain without gaps, each with what the device knew', async () => {
    const { recorder } = opened();
    const code = await pass(service, payload(77n));
    for (let i = 0; i < 3; i += 1) {
      clock += 60_000;
      expect(await recorder.take(attempt(code))).toMatchObject({ kind: 'recorded', taken: { left: 4 - i, workshops: 1 } });
    }
    const all = await chain();
    expect(all).toHaveLength(3);
    expect(all[2]).toMatchObject({
      device: '12', venue: '1', workshops: 1, delivery: { group: true }, clock_offset_ms: 0, seen: '0',
      clock_at: new Date(NOW + 180_000).toISOString(), server_at: new Date(NOW).toISOString(),
    });
  });

  it('of two windows at once are one chain, and the last workshop goes once', async () => {
    const [one, two] = [opened(), opened()];
    const [code, last] = [await pass(service, payload(77n)), await pass(service, payload(78n, 1))];
    const done = await Promise.all([
      one.recorder.take(attempt(code)), two.recorder.take(attempt(code)),
      one.recorder.take(attempt(last)), two.recorder.take(attempt(last)), two.recorder.take(attempt(code)),
    ]);
    expect(done.map(({ kind }) => kind).sort()).toEqual(['recorded', 'recorded', 'recorded', 'recorded', 'refused']);
    expect(await chain()).toHaveLength(4);
  });

  it('are decided anew when something was taken with network meanwhile', async () => {
    const code = await pass(service, payload(77n, 1));
    const sign = crypto.subtle.sign.bind(crypto.subtle);
    vi.spyOn(crypto.subtle, 'sign').mockImplementationOnce(async (algorithm, key, data) => {
      await database.put('spends', {
        request: 'online', voucher: '77', venue: '1', workshops: 1, delivery: {}, at: NOW, typed: false, fate: 'accepted', seq: '9', left: 0, open: 1,
      });
      return sign(algorithm, key, data);
    });
    expect(await opened().recorder.take(attempt(code))).toMatchObject({ refusal: { reason: 'voucher_exhausted' } });
    expect(await database.count('records')).toBe(0);
  });

  it('of an attempt that is taken up again are one', async () => {
    const again = attempt(await pass(service, payload(77n)));
    const first = await opened().recorder.take(again);
    expect(await opened().recorder.take(again)).toEqual(first);
    expect(await chain()).toHaveLength(1);
  });

  it('never go back in time, whatever the clock does', async () => {
    const { recorder, knowledge } = opened();
    const code = await pass(service, payload(77n));
    await recorder.take(attempt(code));
    clock -= 3_600_000;
    await recorder.take(attempt(code));
    clock += 1_000;
    await recorder.take(attempt(code));
    const at = (one: Record<string, unknown> | undefined): number =>
      Date.parse(String(one?.['clock_at'])) + Number(one?.['clock_offset_ms']);
    const all = await chain();
    expect(all.map(at)).toEqual([NOW, NOW, NOW + 1_000]);
    // A clock that was far ahead does not bind the records after it, once the service's time is heard.
    clock = NOW + 90 * 60_000;
    await recorder.take(attempt(code));
    await knowledge.hear(NOW + 2_000, clock, clock);
    await recorder.take(attempt(code));
    expect(at((await chain()).at(-1))).toBe(NOW + 2_000);
  });

  it('that cannot be written are not taken, and leave nothing behind', async () => {
    const { recorder } = opened();
    const code = await pass(service, payload(77n));
    await recorder.take(attempt(code));
    const before = JSON.stringify([await database.getAll('records'), await database.getAll('chain')]);
    const put = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => { throw new DOMException('full', 'QuotaExceededError'); });
    expect(await recorder.take(attempt(code))).toEqual({ kind: 'unkept' });
    put.mockRestore();
    expect(JSON.stringify([await database.getAll('records'), await database.getAll('chain')])).toBe(before);
    expect(await recorder.take(attempt(code))).toMatchObject({ kind: 'recorded' });
    expect(await chain()).toHaveLength(2);
  });

  it('of a typed code are claims without a pass', async () => {
    expect(await opened().recorder.take(attempt('ABCD-EFGH-JKMN')))
      .toEqual({ kind: 'recorded', taken: expect.objectContaining({ typed: true }) as unknown });
    expect((await database.getAll('spends'))[0]).toMatchObject({ voucher: '', typed: true });
  });

  it('are not made for what no key vouches for', async () => {
    const forged = await pass({ ...await pair(), kid: service.kid }, payload(77n));
    expect(await opened().recorder.take(attempt(forged))).toMatchObject({ refusal: { reason: 'signature_invalid' } });
    expect(await database.count('records')).toBe(0);
  });
});

describe('handing over', () => {
  const counted = (seq: string, left: number): TellingVerdict =>
    ({ verdict: 'accepted', kept: true, counted: { seq, voucher: '77', left, lastDay: DAY + 50, reversed: false } });
  const answering = (verdicts: readonly TellingVerdict[]): Outcome<Synced> => ({ kind: 'ok', value: { verdicts, now: NOW }, sentAt: NOW, receivedAt: NOW });
  const told = (): Promise<void> => Promise.resolve();

  async function queued(count: number): Promise<void> {
    const code = await pass(service, payload(77n, 10));
    for (let i = 0; i < count; i += 1) await opened().recorder.take(attempt(code));
  }

  it('forgets record, salt and text with the verdict, and keeps ids alone', async () => {
    await queued(2);
    const sent: number[] = [];
    const upload = new Upload(database, '12', (records) => {
      sent.push(records.length);
      return Promise.resolve(answering([counted('40', 9), { verdict: 'refused', kept: true, reason: 'voucher_cancelled' }]));
    });
    expect(await upload.all(told)).toBeUndefined();
    expect([sent, await database.count('records')]).toEqual([[2], 0]);
    const spends = await database.getAll('spends');
    expect(spends.map(({ fate }) => fate)).toEqual(['accepted', 'refused']);
    expect(JSON.stringify(spends)).not.toMatch(/[0-9]{100}|eyJ/);
  });

  it('keeps everything when the answer is lost, is another’s, or has too few verdicts', async () => {
    await queued(2);
    for (const outcome of [
      { kind: 'failed', cause: 'network' }, { kind: 'failed', cause: 'timeout' }, answering([counted('40', 9)]), answering([]),
    ] as const) {
      const upload = new Upload(database, '12', () => Promise.resolve(outcome));
      expect((await upload.all(told))?.kind).toBe('failed');
      expect(await database.count('records')).toBe(2);
    }
  });

  it('keeps a record that the service would not have, says so, and does not ask for ever', async () => {
    await queued(2);
    const sent: number[] = [];
    const send: Send = (records) => {
      sent.push(records.length);
      return Promise.resolve(answering(records.map((_, i) => (i === 0 ? { verdict: 'refused', kept: false, reason: 'record_malformed' } : counted('40', 9)))));
    };
    expect(await new Upload(database, '12', send).all(told)).toBeUndefined();
    expect(sent).toEqual([2]);
    const [kept] = await database.getAll('records');
    expect([kept?.sequence, kept?.problem, await database.count('records')]).toEqual([1, 'record_malformed', 1]);
    expect((await database.getAll('spends'))[0]?.fate).toBe('not_kept');
    expect(await new Upload(database, '12', send).waiting()).toBe(0);
  });

  it('goes by lots of 500, the oldest first', async () => {
    const waiting = Array.from({ length: 1_100 }, (_, i) => ({
      device: '12', sequence: i + 1, request: `r${i}`, record: String(i + 1), salt: 's', code: 'c',
    }));
    const writing = database.transaction('records', 'readwrite');
    await Promise.all([...waiting.map((one) => writing.store.add(one)), writing.done]);
    const sent: string[][] = [];
    await new Upload(database, '12', (records) => {
      sent.push(records.map(({ record }) => record));
      return Promise.resolve(answering(records.map(() => counted('1', 1))));
    }).all(told);
    expect(sent.map((lot) => [lot.length, lot[0], lot.at(-1)])).toEqual([[500, '1', '500'], [500, '501', '1000'], [100, '1001', '1100']]);
  });
});

describe('the feed', () => {
  const asks = (answers: Record<string, PageOf | 'lost'>, asked: string[] = []) => async (query: string): Promise<Outcome<Uint8Array<ArrayBuffer>>> => {
    asked.push(query);
    const of = answers[query];
    if (of === undefined || of === 'lost') return { kind: 'failed', cause: 'network' };
    return { kind: 'ok', value: await feedPage(service, of) };
  };
  const entry = (voucher: bigint, left: number) => ({ voucher, left, lastDay: DAY + 50 });
  const beginning = {
    '': { until: 100n, next: 3n, told: [entry(77n, 2)] }, '?number=3&until=100': { until: 100n, told: [entry(78n, 0)] },
    '?after=100': { after: 100n, until: 120n, told: [entry(77n, 1), entry(79n, 4)] },
  };

  it('goes on where it was interrupted, and is in use only when it is whole', async () => {
    const { feed, knowledge } = opened();
    expect(await knowledge.fetch(asks({ '': beginning[''], '?number=3&until=100': 'lost' }))).toBe('interrupted');
    expect([(await feed.look()).entry(77n), (await feed.state()).at]).toEqual([undefined, undefined]);
    const asked: string[] = [];
    expect(await opened().knowledge.fetch(asks(beginning, asked))).toBe('whole');
    expect(asked).toEqual(['?number=3&until=100', '?after=100']);
    const look = await feed.look();
    expect([77n, 78n, 79n].map((voucher) => look.entry(voucher)?.left)).toEqual([1, 0, 4]);
    expect([look.state.until, look.state.at, cursor(look.state)]).toEqual(['120', NOW, '?after=120']);
  });

  it('takes a page once, in whichever window', async () => {
    const { feed, knowledge } = opened();
    await knowledge.fetch(asks(beginning));
    const page = { device: 12n, after: 100n, until: 110n, next: 0n, at: NOW, programmes: [7], entries: new Uint8Array() };
    expect(await feed.take(page, '?after=100', new Set())).toBe(false);
    expect((await feed.state()).until).toBe('120');
  });

  it('begins anew where programmes change or the service is of an earlier day, and what was known stays till then', async () => {
    for (const delta of [{ after: 120n, until: 130n, programmes: [7, 8] }, { after: 120n, until: 90n }]) {
      const { feed, knowledge } = opened();
      await knowledge.fetch(asks(beginning));
      expect(await knowledge.fetch(asks({ '?after=120': delta }))).toBe('interrupted');
      expect([cursor(await feed.state()), (await feed.look()).entry(78n)?.left]).toEqual(['', 0]);
      const again = { '': { until: 140n, programmes: [7, 8], told: [entry(80n, 1)] }, '?after=140': { after: 140n, until: 140n, programmes: [7, 8] } };
      expect(await knowledge.fetch(asks(again))).toBe('whole');
      const look = await feed.look();
      expect([look.entry(78n), look.entry(80n)?.left, await database.count('chunks')]).toEqual([undefined, 1, 1]);
      await database.clear('feed');
      await database.clear('chunks');
    }
  });

  it('that is not signed, or of another device, is not taken', async () => {
    const { feed, knowledge } = opened();
    const other = await feedPage({ ...await pair(), kid: service.kid }, { until: 9n });
    expect(await knowledge.fetch(() => Promise.resolve({ kind: 'ok', value: other }))).toBe('not_signed');
    expect(await knowledge.fetch(asks({ '': { until: 9n, device: 13n } }))).toBe('not_signed');
    expect((await feed.state()).until).toBe('0');
  });

  it('closes what it tells of the device’s own, and only that', async () => {
    const { recorder, knowledge, feed } = opened();
    await knowledge.fetch(asks(beginning));
    const code = await pass(service, payload(79n));
    expect(await recorder.take(attempt(code))).toMatchObject({ taken: { left: 3 } });
    const counted: TellingVerdict = { verdict: 'accepted', kept: true, counted: { seq: '125', voucher: '79', left: 3, lastDay: DAY + 50, reversed: false } };
    const upload = new Upload(database, '12', () => Promise.resolve({ kind: 'ok', value: { verdicts: [counted], now: NOW } }));
    await upload.all(() => Promise.resolve());
    expect((await database.getAll('spends'))[0]?.open).toBe(1);
    // Not subtracted twice, nor too little, before and after the feed tells it.
    expect(await recorder.take(attempt(code, 4))).toMatchObject({ refusal: { reason: 'workshops_insufficient', left: 3 } });
    const open = async () => (await database.getAll('spends')).map((spend) => spend.open === 1);
    expect(await recorder.take(attempt(await pass(service, payload(90n))))).toMatchObject({ kind: 'recorded' });
    await knowledge.fetch(asks({ '?after=120': { after: 120n, until: 125n, told: [entry(79n, 3), entry(90n, 5)] } }));
    // What still waits is told by nobody, whatever is said of its pass.
    expect(await open()).toEqual([false, true]);
    expect(await recorder.take(attempt(code, 4))).toMatchObject({ refusal: { reason: 'workshops_insufficient', left: 3 } });
    expect((await feed.state()).until).toBe('125');
  });

  it('tells vouchers as they are: what was counted before a page was asked for is in what it says', async () => {
    const { recorder, knowledge } = opened();
    await knowledge.fetch(asks(beginning));
    const code = await pass(service, payload(79n));
    await recorder.take(attempt(code));
    const counted: TellingVerdict = { verdict: 'accepted', kept: true, counted: { seq: '999', voucher: '79', left: 3, lastDay: DAY + 50, reversed: false } };
    await new Upload(database, '12', () => Promise.resolve({ kind: 'ok', value: { verdicts: [counted], now: NOW } })).all(() => Promise.resolve());
    // A page of a long delta ends at an earlier event, with the vouchers as they are now.
    await knowledge.fetch(asks({ '?after=120': { after: 120n, until: 130n, next: 130n, told: [entry(79n, 3)] } }));
    expect(await recorder.take(attempt(code, 3))).toMatchObject({ kind: 'recorded', taken: { left: 0 } });
  });
});

describe('a key that leaked', () => {
  it('vouches for the passes in its list, however it came, and for no other', async () => {
    const { knowledge, recorder } = opened();
    const safe = await pair();
    await knowledge.learn(await ownDevice({ keySet: await keySet(root, [keyOf(service, 'compromised'), keyOf(safe)], { sequence: 2 }) }), NOW, NOW);
    const [listed, other, forged] = await Promise.all([77n, 78n, 79n].map((voucher) => pass(service, payload(voucher))));
    const mark = async (digits = ''): Promise<Uint8Array<ArrayBuffer>> => (await sha256((decode(digits) ?? new Uint8Array()).slice(0, 20))).slice(0, 16);
    const take = async (digits = ''): Promise<string> => {
      const done = await recorder.take(attempt(digits));
      return done.kind === 'refused' ? done.refusal.reason : done.kind;
    };
    expect(await take(listed)).toBe('key_not_valid');
    const marks = [await mark(listed), await mark(other)];
    const asked: string[] = [];
    const asks = (lost: boolean, by = safe) => async (query: string): Promise<Outcome<Uint8Array<ArrayBuffer>>> => {
      asked.push(query);
      const first = query === service.kid;
      if (!first && lost) return { kind: 'failed', cause: 'network' };
      return { kind: 'ok', value: await genuinePage(by, service.kid, first ? marks.slice(0, 1) : marks.slice(1), first ? 5n : 0n) };
    };
    // What the leaked key itself says of it counts for nothing.
    await knowledge.fetchGenuine(asks(false, service));
    expect(await take(listed)).toBe('key_not_valid');
    await knowledge.fetchGenuine(asks(true));
    expect([await take(listed), await take(other)]).toEqual(['recorded', 'key_not_valid']);
    asked.length = 0;
    await knowledge.fetchGenuine(asks(false));
    await knowledge.fetchGenuine(asks(false));
    expect(asked).toEqual([`${service.kid}?number=5`]);
    expect([await take(other), await take(forged)]).toEqual(['recorded', 'key_not_valid']);
    // Another programme's passes were not in it.
    asked.length = 0;
    await knowledge.learn(await ownDevice({ programmes: [...programmes, { ...programmes[0]!, id: 8 }] }), NOW, NOW);
    await knowledge.fetchGenuine(asks(false));
    expect(asked).toEqual([service.kid, `${service.kid}?number=5`]);
    expect(await take(listed)).toBe('recorded');
  });

  it('has a list whose pages were not touched, and are of this device', async () => {
    const safe = await pair();
    // The example of src/domain/genuine.rs.
    const zeros = (await sha256(new Uint8Array(20))).slice(0, 16);
    expect(hex((await genuinePage({ ...safe, kid: '01010101' }, '02020202', [zeros], 3n)).slice(0, -64))).toBe(
      '010101010102020202000000000000000c00000000000000030006608b015f300000000001de47c9b27eb8d300dbb5f2c353e632c3');
    const page = await genuinePage(safe, service.kid, [new Uint8Array(16)]);
    expect(await readGenuine(page, [keyOf(safe)])).toMatchObject({ leaked: service.kid, device: 12n, next: 0n });
    for (let place = 0; place < page.length; place += 5) {
      const touched = page.slice();
      touched[place] = (touched[place] ?? 0) ^ 1;
      expect(await readGenuine(touched, [keyOf(safe)]), String(place)).toBeUndefined();
    }
    const genuine = new Genuine(database, '12');
    for (const [of, device] of [['00000000', 12n], [service.kid, 13n]] as const) {
      const other = await readGenuine(await genuinePage(safe, of, [], 0n, device), [keyOf(safe)]);
      expect(other && await genuine.take(other, service.kid, service.kid, [7])).toBe(false);
    }
  });
});

describe('what was put aside', () => {
  it('is spent until the device hears what was decided', async () => {
    const { knowledge, recorder, feed } = opened();
    const [code, other] = [await pass(service, payload(91n)), await pass(service, payload(92n))];
    const attempts = [attempt(code, 2), attempt(code, 2), attempt(other)];
    for (const one of attempts) expect((await recorder.take(one)).kind).toBe('recorded');
    const verdict = (records: readonly unknown[]): TellingVerdict[] => records.map(() => ({ verdict: 'quarantined', kept: true }));
    const upload = new Upload(database, '12', (records) => Promise.resolve({ kind: 'ok', value: { verdicts: verdict(records), now: NOW } }));
    await upload.all(() => Promise.resolve());
    const left = async (): Promise<number | undefined> => {
      const done = await recorder.take(attempt(code, 2));
      return done.kind === 'refused' ? done.refusal.left : undefined;
    };
    expect(await left()).toBe(1);
    const asked: (readonly number[])[] = [];
    const [no, yes, contested] = attempts.map(({ id }) => id);
    const ask = (sequences: readonly number[]) => {
      asked.push(sequences);
      const items = asked.length === 2 ? [{ request: contested ?? '', accepted: true, redemption: undefined }] : [
        { request: no ?? '', accepted: false, redemption: undefined }, { request: yes ?? '', accepted: true, redemption: '40' },
      ];
      return Promise.resolve({ kind: 'ok', value: items } as const);
    };
    expect(await fetchDecisions(database, '12', ask)).toBe(true);
    const fates = async () => (await database.getAll('spends')).map(({ fate, seq, open }) => [fate, seq, open]);
    expect(await fates()).toEqual([['refused', undefined, undefined], ['accepted', '40', 1], ['quarantined', undefined, 1]]);
    // The feed tells of the second, which is not subtracted twice.
    const told = [{ voucher: 91n, left: 3, lastDay: DAY + 50 }];
    const page = async (query: string) => feedPage(service, query === '' ? { until: 41n, told } : { after: 41n, until: 41n });
    expect(await knowledge.fetch(async (query) => ({ kind: 'ok', value: await page(query) }))).toBe('whole');
    expect((await feed.state()).until).toBe('41');
    expect((await recorder.take(attempt(code, 3))).kind).toBe('recorded');
    expect(await fetchDecisions(database, '12', ask)).toBe(true);
    expect(asked).toEqual([[1, 2, 3], [3]]);
    expect((await fates())[2]).toEqual(['conflict', undefined, undefined]);
  });
});

describe('the key set', () => {
  it('is not replaced by an older one, nor by one of another root', async () => {
    const { knowledge } = opened();
    const next = async (of: Partial<OwnDevice>) => {
      await knowledge.learn(await ownDevice(of), NOW, NOW);
      return [(await knowledge.keys())?.sequence, knowledge.distrusted];
    };
    expect(await next({ keySet: await keySet(root, [keyOf(service)], { sequence: 5 }) })).toEqual([5, false]);
    expect(await next({ keySet: await keySet(root, [keyOf(service)], { sequence: 4 }) })).toEqual([5, true]);
    const stranger = await pair();
    expect(await next({ root: hex(stranger.publicKey), keySet: await keySet(stranger, [], { sequence: 6 }) })).toEqual([5, true]);
    expect(await next({ keySet: await keySet(root, [], { sequence: 6 }) })).toEqual([6, false]);
  });
});
