// What a device learns while it has network: the time, its programmes, the key set, the feed.
// Each piece is checked before it takes the place of the one before.

import type { Outcome } from '../api/http.ts';
import type { OwnDevice } from '../api/own-device.ts';
import { type Bytes, fromHex } from './bytes.ts';
import { type Clock, heard } from './clock.ts';
import { atOnce, type Database, KNOWLEDGE, type KeptKeys } from './database.ts';
import { cursor, type Feed } from './feed.ts';
import { readPage } from './feed-page.ts';
import { Genuine, readGenuine } from './genuine.ts';
import { follows, type KeySet, readKeySet } from './key-set.ts';

/** How far clocks may be apart (as in docs/algorithms/redeem.md). */
const TOLERANCE_MS = 120_000;
/** More pages than the largest programme has: a loop would be somebody's mistake. */
const MOST_PAGES = 10_000;

export type Ask = (query: string) => Promise<Outcome<Bytes>>;
export type Fetched = 'whole' | 'interrupted' | 'not_signed';

export class Knowledge {
  readonly #database: Database;
  readonly #device: string;
  readonly #feed: Feed;
  #read: { readonly text: string; readonly set: KeySet } | undefined;
  /** The service's set is not one that this device may take: an older one, or of another root. */
  distrusted = false;

  constructor(database: Database, device: string, feed: Feed) {
    this.#database = database;
    this.#device = device;
    this.#feed = feed;
  }

  /** The last set that was accepted. */
  async keys(): Promise<KeySet | undefined> {
    const kept = await this.#database.get('keys', 'set');
    return kept && this.#setIn(kept);
  }

  async clock(): Promise<Clock | undefined> {
    return this.#database.get('clock', 'clock');
  }

  /** What the service says of this device, and the time at which it says so. */
  async learn(own: OwnDevice, sentAt: number, receivedAt: number): Promise<void> {
    await this.hear(own.now, sentAt, receivedAt);
    await this.#database.put('place', { programmes: own.programmes }, 'own');
    if (own.root !== undefined && own.keySet !== undefined) await this.#take(own.root, own.keySet);
  }

  hear(server: number, sentAt: number, receivedAt: number): Promise<void> {
    return atOnce(this.#database, ['clock', 'chain'], async (writing) => {
      const chain = writing.objectStore('chain');
      const head = await chain.get(this.#device);
      await writing.objectStore('clock').put(heard(server, sentAt, receivedAt), 'clock');
      // Made under a clock that was ahead: the next one tells the truth all the same.
      if (head && head.floor > server + TOLERANCE_MS) await chain.put({ ...head, floor: Math.floor(server) }, this.#device);
    });
  }

  /** Goes on with the feed until it is whole. */
  async fetch(ask: Ask): Promise<Fetched> {
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const query = cursor(await this.#feed.state());
      const counted = await this.#feed.counted();
      const outcome = await ask(query);
      if (outcome.kind !== 'ok') return 'interrupted';
      const page = await readPage(outcome.value, (await this.keys())?.keys ?? []);
      if (page?.device !== BigInt(this.#device)) return 'not_signed';
      const taken = await this.#feed.take(page, query, counted);
      // Another window goes on with it.
      if (!taken) return 'interrupted';
      const { beginning } = await this.#feed.state();
      if (!beginning && page.next === 0n && query.startsWith('?after')) return 'whole';
    }
    return 'interrupted';
  }

  /** The lists of genuine passes of keys that leaked; once whole they stay so for the same programmes. */
  async fetchGenuine(ask: Ask): Promise<void> {
    const keys = (await this.keys())?.keys ?? [];
    const place = await this.#database.get('place', 'own');
    const programmes = (place?.programmes ?? []).map(({ id }) => id);
    const genuine = new Genuine(this.#database, this.#device);
    for (const kid of new Set(keys.filter(({ state }) => state === 'compromised').map((key) => key.kid))) {
      for (let pages = 0; pages < MOST_PAGES; pages += 1) {
        const query = await genuine.query(kid, programmes);
        if (query === undefined) break;
        const outcome = await ask(query);
        const page = outcome.kind === 'ok' ? await readGenuine(outcome.value, keys) : undefined;
        if (!page || !await genuine.take(page, kid, query, programmes)) break;
      }
    }
  }

  async #take(root: string, text: string): Promise<void> {
    const kept = await this.#database.get('keys', 'set');
    const before = kept && await this.#setIn(kept);
    // Pinned once: another root means that the device has to be enrolled anew.
    const next = await this.#setIn({ root: kept?.root ?? root, text });
    this.distrusted = !next || !follows(next, before);
    if (next && !this.distrusted) await this.#database.put('keys', { root: kept?.root ?? root, text }, 'set');
  }

  async #setIn({ root, text }: KeptKeys): Promise<KeySet | undefined> {
    if (this.#read?.text === text) return this.#read.set;
    const key = fromHex(root);
    const set = key && await readKeySet(text, key);
    if (set) this.#read = { text, set };
    return set;
  }
}

/** Another device is enrolled here: it learns everything itself. */
export function forgetKnowledge(database: Database): Promise<void> {
  return atOnce(database, KNOWLEDGE, async (writing) => {
    for (const name of KNOWLEDGE) await writing.objectStore(name).clear();
  });
}
