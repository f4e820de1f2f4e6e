// What the feed says of vouchers, 11 bytes each in the order of their ids: sorted, merged, found.
// No object for each: a million of them are 11 MB.

import type { Bytes } from './bytes.ts';
import { ENTRY_BYTES } from './feed-page.ts';

export interface Entry {
  /** 0: refuse. */
  readonly left: number;
  /** Days since 1970, inclusive. */
  readonly lastDay: number;
}

/** In the order of ids; of several for one voucher the last one counts. */
export function sorted(entries: Bytes): Bytes {
  const places = Uint32Array.from({ length: entries.length / ENTRY_BYTES }, (_, i) => i * ENTRY_BYTES);
  places.sort((a, b) => compare(entries, a, entries, b) || a - b);
  const out = new Uint8Array(entries.length);
  let length = 0;
  for (const place of places) {
    if (length > 0 && compare(entries, place, out, length - ENTRY_BYTES) === 0) length -= ENTRY_BYTES;
    out.set(entries.subarray(place, place + ENTRY_BYTES), length);
    length += ENTRY_BYTES;
  }
  return out.slice(0, length);
}

/** Both in order; where both have a voucher the newer one counts. */
export function merged(older: Bytes, newer: Bytes): Bytes {
  const out = new Uint8Array(older.length + newer.length);
  let [a, b, length] = [0, 0, 0];
  while (a < older.length || b < newer.length) {
    const order = a >= older.length ? 1 : b >= newer.length ? -1 : compare(older, a, newer, b);
    const [from, at] = order < 0 ? [older, a] : [newer, b];
    out.set(from.subarray(at, at + ENTRY_BYTES), length);
    length += ENTRY_BYTES;
    if (order <= 0) a += ENTRY_BYTES;
    if (order >= 0) b += ENTRY_BYTES;
  }
  return out.slice(0, length);
}

/** Without those whose last day is before a day: their signature, or their absence, says no too. */
export function pruned(entries: Bytes, day: number): Bytes {
  const out = new Uint8Array(entries.length);
  let length = 0;
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
    if (lastDayAt(entries, at) < day) continue;
    out.set(entries.subarray(at, at + ENTRY_BYTES), length);
    length += ENTRY_BYTES;
  }
  return out.slice(0, length);
}

/** What the chunks, the newest last, say of a voucher. */
export function find(chunks: readonly Bytes[], voucher: bigint): Entry | undefined {
  const wanted = new Uint8Array(8);
  new DataView(wanted.buffer).setBigUint64(0, voucher);
  for (let i = chunks.length - 1; i >= 0; i -= 1) {
    const chunk = chunks[i];
    const found = chunk && findIn(chunk, wanted);
    if (found) return found;
  }
  return undefined;
}

function findIn(entries: Bytes, wanted: Bytes): Entry | undefined {
  let [low, high] = [0, entries.length / ENTRY_BYTES];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * ENTRY_BYTES;
    const order = compare(entries, at, wanted, 0);
    if (order === 0) return { left: entries[at + 8] ?? 0, lastDay: lastDayAt(entries, at) };
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

function lastDayAt(entries: Bytes, at: number): number {
  return (entries[at + 9] ?? 0) * 256 + (entries[at + 10] ?? 0);
}

/** Ids are positive and big-endian: their order is the order of their bytes. */
function compare(a: Bytes, at: number, b: Bytes, bt: number): number {
  for (let i = 0; i < 8; i += 1) {
    const difference = (a[at + i] ?? 0) - (b[bt + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
