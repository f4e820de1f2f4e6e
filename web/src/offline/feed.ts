// The feed as it is kept: which pieces are in use, where a beginning goes on, what a page changes.

import type { Bytes } from './bytes.ts';
import { atOnce, type Database } from './database.ts';
import { type Entry, find, merged, pruned, sorted } from './entries.ts';
import { ENTRY_BYTES, type FeedPage } from './feed-page.ts';
import { toldBy, wasKnown } from './spends.ts';

const DAY_MS = 86_400_000;
/** A piece that changes are merged into is no larger: it is written anew each time. */
const MOST_BYTES = 20_000 * ENTRY_BYTES;

/** A beginning under way; until it is whole, what was known before stays in use. */
export interface Beginning {
  readonly programmes: readonly number[];
  readonly number: string;
  readonly until: string;
  readonly at: number;
  readonly chunks: readonly number[];
}

export interface FeedState {
  readonly device: string;
  readonly programmes: readonly number[];
  /** Everything up to this event is known; 0: nothing. */
  readonly until: string;
  /** The service's time when it was last complete, in milliseconds since 1970. */
  readonly at: number | undefined;
  /** In use, the newest last. */
  readonly chunks: readonly number[];
  readonly nextChunk: number;
  /** Another window sees by it that something changed. */
  readonly revision: number;
  readonly beginning: Beginning | undefined;
}

export function nothing(device: string): FeedState {
  return {
    device, programmes: [], until: '0', at: undefined, chunks: [], nextChunk: 1, revision: 0, beginning: undefined,
  };
}

/** What to ask for next, as the query of `/v1/feed`. */
export function cursor({ until, beginning }: FeedState): string {
  if (beginning) {
    return beginning.number === '' ? '' : `?number=${beginning.number}&until=${beginning.until}`;
  }
  return until === '0' ? '' : `?after=${until}`;
}

export interface Change {
  readonly state: FeedState;
  readonly put?: { readonly key: number; readonly entries: Bytes };
  readonly drop?: readonly number[];
}

/** What a page changes; `newest` are the entries of the newest piece in use. */
export function change(state: FeedState, page: FeedPage, newest: Bytes | undefined): Change {
  const next = { ...state, revision: state.revision + 1 };
  const begins = state.beginning !== undefined || state.until === '0';
  return begins ? begun(next, page) : gone(next, page, newest);
}

function begun(state: FeedState, page: FeedPage): Change {
  const before = state.beginning;
  const goesOn = before !== undefined && before.number !== '';
  if (goesOn && !same(before.programmes, page.programmes)) return anew(state);
  const key = state.nextChunk;
  const entries = sorted(page.entries);
  const first = goesOn ? before : { programmes: page.programmes, until: String(page.until), at: page.at, chunks: [] };
  const chunks = entries.length === 0 ? first.chunks : [...first.chunks, key];
  const put = entries.length === 0 ? {} : { put: { key, entries } };
  const beginning = { ...first, number: String(page.next), chunks };
  const counted = { ...state, nextChunk: key + 1 };
  if (page.next !== 0n) return { state: { ...counted, beginning }, ...put };
  // Whole: it takes the place of what was known.
  const { programmes, until, at } = first;
  return { state: { ...counted, programmes, until, at, chunks, beginning: undefined }, ...put, drop: state.chunks };
}

function gone(state: FeedState, page: FeedPage, newest: Bytes | undefined): Change {
  // Other programmes, or a service that was restored to an earlier day: what is known says too little.
  if (!same(state.programmes, page.programmes) || page.until < BigInt(state.until)) return anew(state);
  const told = { ...state, until: String(page.until), at: page.next === 0n ? page.at : state.at };
  if (page.entries.length === 0) return { state: told };
  const entries = sorted(page.entries);
  const last = state.chunks.at(-1);
  if (last !== undefined && newest && newest.length + entries.length <= MOST_BYTES) {
    const day = Math.floor(page.at / DAY_MS) - 1;
    return { state: told, put: { key: last, entries: pruned(merged(newest, entries), day) } };
  }
  const key = state.nextChunk;
  return { state: { ...told, nextChunk: key + 1, chunks: [...state.chunks, key] }, put: { key, entries } };
}

function anew(state: FeedState): Change {
  const beginning = { programmes: [], number: '', until: '0', at: 0, chunks: [] };
  return { state: { ...state, beginning }, drop: state.beginning?.chunks ?? [] };
}

function same(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((one, i) => one === others[i]);
}

/** What is known now, for one look. */
export interface Look {
  readonly state: FeedState;
  entry(voucher: bigint): Entry | undefined;
}

export class Feed {
  readonly #database: Database;
  readonly #device: string;
  #chunks: readonly Bytes[] = [];
  #revision = -1;

  constructor(database: Database, device: string) {
    this.#database = database;
    this.#device = device;
  }

  async state(): Promise<FeedState> {
    const kept = await this.#database.get('feed', 'state');
    return kept?.device === this.#device ? kept : nothing(this.#device);
  }

  /** Of one moment: another window may go on with the feed meanwhile. */
  async look(): Promise<Look> {
    const reading = this.#database.transaction(['feed', 'chunks']);
    const kept = await reading.objectStore('feed').get('state');
    const state = kept?.device === this.#device ? kept : nothing(this.#device);
    if (state.revision !== this.#revision) {
      const chunks = await Promise.all(state.chunks.map((key) => reading.objectStore('chunks').get(key)));
      this.#chunks = chunks.filter((chunk) => chunk !== undefined);
      this.#revision = state.revision;
    }
    await reading.done;
    const chunks = this.#chunks;
    return { state, entry: (voucher) => find(chunks, voucher) };
  }

  /** Ids of what was counted and the feed may not tell yet: a page asked for from now on does. */
  async counted(): Promise<ReadonlySet<string>> {
    const open = await this.#database.getAllFromIndex('spends', 'open');
    return new Set(open.filter(({ seq }) => seq !== undefined).map(({ request }) => request));
  }

  /**
   * Takes a page that was asked for with this cursor; false where another window was faster. All
   * or nothing, and with it what of the device's own is known now.
   */
  take(page: FeedPage, asked: string, counted: ReadonlySet<string>): Promise<boolean> {
    return atOnce(this.#database, ['feed', 'chunks', 'spends'], async (writing) => {
      const [states, chunks, spends] = [writing.objectStore('feed'), writing.objectStore('chunks'), writing.objectStore('spends')];
      const kept = await states.get('state');
      const state = kept?.device === this.#device ? kept : nothing(this.#device);
      if (cursor(state) !== asked) return false;
      const last = state.chunks.at(-1);
      const newest = last === undefined ? undefined : await chunks.get(last);
      const { state: next, put, drop = [] } = change(state, page, newest);
      await states.put(next, 'state');
      if (put) await chunks.put(put.entries, put.key);
      for (const key of drop) await chunks.delete(key);
      const until = next.beginning ? 0n : BigInt(next.until);
      const delta = page.after !== 0n && !next.beginning ? [sorted(page.entries)] : [];
      for (const spend of await spends.index('open').getAll()) {
        const shown = counted.has(spend.request) && find(delta, BigInt(spend.voucher || '-1')) !== undefined;
        if (shown || toldBy(spend, until)) await spends.put(wasKnown(spend));
      }
      return true;
    });
  }
}
