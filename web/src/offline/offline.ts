// The device without network: what it takes, hands over and learns, and when. One for a page; the
// windows of one browser share the database, and tell each other when something changed.

import { answered, type Outcome } from '../api/http.ts';
import type { Service } from '../api/service.ts';
import { type OwnDevice, saysRevoked } from '../api/own-device.ts';
import type { Receipt } from '../api/types.ts';
import type { Identity } from '../device/identity.ts';
import type { Attempt } from '../scan/attempt.ts';
import { serviceTime } from './clock.ts';
import { wakeLater } from './background.ts';
import { atOnce, type Database } from './database.ts';
import { dayOf } from './days.ts';
import { fetchDecisions } from './decisions.ts';
import { Feed } from './feed.ts';
import { Knowledge } from './knowledge.ts';
import { alone, CHANGES, hasLocks } from './locks.ts';
import { feedDays } from './place.ts';
import { type Recorded, Recorder } from './recorder.ts';
import { isProblem, type Spend, toldBy, wasKnown } from './spends.ts';
import { freshness, littleStorage, persisted, type Standing } from './standing.ts';
import { Upload } from './upload.ts';

/** While the page is open: knowledge is fetched and the queue looked at so often. */
const LOOK_EVERY_MS = 180_000;
/** While the service does not answer, doubled up to the last. */
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 40_000;
const DAY_MS = 86_400_000;
/** What happened is shown so long. */
const SHOWN_DAYS = 31;
/** Of a pass whose last day nobody told. */
const LONGEST_DAYS = 400;

export interface OfflineWishes {
  /** Its standing, or what it took, is another. */
  changed(standing: Standing): void;
  /** The service says who the device is; or that it is nobody any more. */
  own(outcome: Outcome<OwnDevice>): void;
  readonly version: string;
}

export class Offline {
  readonly #database: Database;
  readonly #identity: Identity;
  readonly #service: Service;
  readonly #wishes: OfflineWishes;
  readonly #feed: Feed;
  readonly #knowledge: Knowledge;
  readonly #recorder: Recorder;
  readonly #upload: Upload;
  readonly #others = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANGES) : undefined;
  #reachable = navigator.onLine;
  #sending = false;
  #little = false;
  #promised = false;
  #retryMs = FIRST_RETRY_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #onceMore = false;

  constructor(database: Database, identity: Identity, service: Service, wishes: OfflineWishes) {
    this.#database = database;
    this.#identity = identity;
    this.#service = service;
    this.#wishes = wishes;
    this.#feed = new Feed(database, identity.device);
    this.#knowledge = new Knowledge(database, identity.device, this.#feed);
    const keys = async () => (await this.#knowledge.keys())?.keys ?? [];
    this.#recorder = new Recorder(database, identity, this.#feed, keys);
    this.#upload = new Upload(database, identity.device, (records) => service.sync(records));
    this.#others?.addEventListener('message', () => { void this.tell(); });
  }

  /** Whether this browser can do it; Ed25519 it has, or it would not be a device. */
  static possible(): boolean {
    return hasLocks() && typeof indexedDB !== 'undefined';
  }

  /** Whether the service answered the last time. */
  get reachable(): boolean {
    return this.#reachable && navigator.onLine;
  }

  async start(): Promise<void> {
    // Without it a browser short of room may throw everything away.
    this.#promised = await persisted();
    await this.#purge();
    await this.tell();
    await this.refresh();
  }

  /** The service answered, or did not. */
  heard(there: boolean): void {
    if (there === this.#reachable) return;
    this.#reachable = there;
    if (there) void this.refresh();
    else this.#again();
    void this.tell();
  }

  /** Decides and records a workshop without network. */
  async take(attempt: Attempt): Promise<Recorded> {
    const recorded = await this.#recorder.take(attempt);
    this.#little = await littleStorage();
    this.#changed();
    if (recorded.kind === 'recorded') void wakeLater();
    if (recorded.kind === 'recorded' && this.reachable) void this.refresh();
    return recorded;
  }

  /** What was taken with network is spent, too: the feed tells it later. */
  async counted(attempt: Attempt, receipt: Receipt): Promise<void> {
    const { venue, code, workshops, ...delivery } = attempt.redeeming;
    const lastDay = dayOf(receipt.last_day);
    const spend: Spend = {
      request: attempt.id, voucher: receipt.voucher, venue, workshops, delivery, at: Date.parse(receipt.occurred_at),
      typed: code.length !== 204, fate: 'accepted', seq: receipt.seq, left: receipt.left, open: 1,
      ...(lastDay === undefined ? {} : { lastDay }), ...(receipt.reversed ? { undone: true } : {}),
    };
    await atOnce(this.#database, ['spends', 'feed'], async (writing) => {
      const feed = await writing.objectStore('feed').get('state');
      const known = feed?.device === this.#identity.device && !feed.beginning && toldBy(spend, BigInt(feed.until));
      await writing.objectStore('spends').put(known || receipt.reversed ? wasKnown(spend) : spend);
    });
  }

  /** What was undone is spent no more. */
  async undone(seq: string): Promise<void> {
    await atOnce(this.#database, ['spends'], async (writing) => {
      const found = (await writing.objectStore('spends').getAll()).find((spend) => spend.seq === seq);
      if (found) await writing.objectStore('spends').put({ ...wasKnown(found), undone: true });
    });
    this.#changed();
  }

  /** Taken by this device: what waits, what went wrong, and what was taken without network today. */
  async history(since: number): Promise<readonly Spend[]> {
    const from = Math.min(since, Date.now() - SHOWN_DAYS * DAY_MS);
    const all = await this.#database.getAllFromIndex('spends', 'at', IDBKeyRange.lowerBound(from));
    const shown = all.filter((spend) => spend.sequence !== undefined
      && (spend.fate === 'waiting' || isProblem(spend) || spend.at >= since));
    return shown.reverse();
  }

  waiting(): Promise<number> {
    return this.#upload.waiting();
  }

  /** Hands over what waits, then learns what is new; one at a time. */
  refresh(): Promise<void> {
    // What is under way may have begun without network, or before what is to be handed over now.
    this.#onceMore = this.#running !== undefined;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      this.#again();
    });
    return this.#running;
  }

  /** The network is said to be back: nobody waits for the next try. */
  back(): void {
    this.#retryMs = FIRST_RETRY_MS;
    void this.refresh();
  }

  async tell(): Promise<void> {
    this.#wishes.changed(await this.standing());
  }

  async standing(): Promise<Standing> {
    const [queued, feed, keys, clock, place, spends] = await Promise.all([
      this.#upload.waiting(),
      this.#feed.state(), this.#knowledge.keys(), this.#knowledge.clock(), this.#database.get('place', 'own'),
      this.#database.getAllFromIndex('spends', 'at', IDBKeyRange.lowerBound(Date.now() - SHOWN_DAYS * DAY_MS)),
    ]);
    const now = serviceTime(clock, Date.now());
    const riskDays = feedDays(place);
    const waiting = spends.filter(({ fate, sequence }) => fate === 'waiting' && sequence !== undefined);
    return {
      network: this.#sending ? 'sending' : this.reachable ? 'online' : 'offline',
      waiting: queued, oldest: waiting[0]?.at, problems: spends.filter(isProblem).length,
      freshness: freshness(now, feed, keys, riskDays), riskDays, ageMs: feed.at === undefined ? undefined : Math.max(0, now - feed.at),
      keysExpired: keys !== undefined && now > keys.expiresAt, distrusted: this.#knowledge.distrusted, little: this.#little, promised: this.#promised,
    };
  }

  #changed(): void {
    this.#others?.postMessage('changed');
    void this.tell();
  }

  #again(): void {
    clearTimeout(this.#timer);
    const ms = this.#reachable ? LOOK_EVERY_MS : this.#retryMs;
    this.#retryMs = this.#reachable ? FIRST_RETRY_MS : Math.min(2 * this.#retryMs, LAST_RETRY_MS);
    // Not all devices of a town at once.
    this.#timer = setTimeout(() => { void this.refresh(); }, ms * (0.75 + Math.random() / 2));
  }

  async #run(): Promise<void> {
    do {
      this.#onceMore = false;
      await this.#refresh().catch(() => undefined);
    } while (this.#onceMore);
  }

  async #refresh(): Promise<void> {
    if (!navigator.onLine) return;
    await alone('scan-upload', () => this.#handOver());
    const own = await this.#service.ownDevice();
    this.#reached(own);
    await this.#keepOwn(own);
    this.#wishes.own(own);
    if (own.kind !== 'ok') return;
    const { value, sentAt, receivedAt } = own;
    if (sentAt !== undefined && receivedAt !== undefined) await this.#knowledge.learn(value, sentAt, receivedAt);
    await alone('scan-knowledge', async () => {
      await this.#knowledge.fetch((query) => this.#service.feed(query));
      await this.#knowledge.fetchGenuine((query) => this.#service.feed(`/genuine/${query}`));
    });
    await fetchDecisions(this.#database, this.#identity.device, (sequences) => this.#service.decisions(sequences));
    this.#little = await littleStorage();
    await this.#service.report(this.#wishes.version, await this.#upload.waiting());
    this.#changed();
  }

  /** So that it stands here when the page opens without network. */
  async #keepOwn(own: Outcome<OwnDevice>): Promise<void> {
    const { device, key } = this.#identity;
    const revoked = saysRevoked(own);
    if (own.kind !== 'ok' && !revoked) return;
    const { name, venues } = own.kind === 'ok' ? own.value : this.#identity;
    const next: Identity = { device, name, venues, key, ...(revoked ? { revoked } : {}) };
    await atOnce(this.#database, ['device'], async (writing) => {
      const now = await writing.objectStore('device').get('identity');
      // Another window may have enrolled it anew.
      const same = now !== undefined && now.device === device && now.key.publicKey === key.publicKey;
      if (same) await writing.objectStore('device').put(next, 'identity');
    });
  }

  async #handOver(): Promise<void> {
    this.#sending = await this.#upload.waiting() > 0;
    if (this.#sending) void this.tell();
    try {
      const stopped = await this.#upload.all(async ({ now }, sentAt, receivedAt) => {
        await this.#knowledge.hear(now, sentAt, receivedAt);
        this.#changed();
      });
      if (stopped) this.#reached(stopped);
    } finally {
      if (this.#sending) {
        this.#sending = false;
        this.#changed();
      }
    }
  }

  #reached(outcome: Outcome<unknown>): void {
    if (answered(outcome) === this.#reachable) return;
    this.#reachable = answered(outcome);
    void this.tell();
  }

  /** What can spend nothing any more, and is shown nowhere. */
  async #purge(): Promise<void> {
    const today = Math.floor(serviceTime(await this.#knowledge.clock(), Date.now()) / DAY_MS);
    await atOnce(this.#database, ['spends', 'records'], async (writing) => {
      const spends = writing.objectStore('spends');
      const kept = new Set((await writing.objectStore('records').getAll()).map(({ request }) => request));
      for (const { request, lastDay, at } of await spends.index('at').getAll(IDBKeyRange.upperBound((today - SHOWN_DAYS) * DAY_MS))) {
        const over = lastDay === undefined ? at < (today - LONGEST_DAYS) * DAY_MS : lastDay < today - 1;
        if (over && !kept.has(request)) await spends.delete(request);
      }
    });
  }
}
