// The browser's database of the scanner: which device it is, and what it keeps without network.
// One database, so that a record, the end of its chain and what it spends are one transaction.

import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import type { Identity, Invitation } from '../device/identity.ts';
import type { Bytes } from './bytes.ts';
import type { Clock } from './clock.ts';
import type { FeedState } from './feed.ts';
import type { Leaked } from './genuine.ts';
import type { Place } from './place.ts';
import type { Head, Waiting } from './record.ts';
import type { Spend } from './spends.ts';

/** A key set as it was signed, by whom, and the highest sequence that was seen. */
export interface KeptKeys {
  readonly root: string;
  readonly text: string;
}

export interface Schema extends DBSchema {
  device: { key: 'identity' | 'invitation'; value: Identity | Invitation };
  /** The end of a device's chain, by device. */
  chain: { key: string; value: Head };
  /** Records that the service does not have yet, by device and place in its chain. */
  records: { key: [string, number]; value: Waiting };
  /** What this browser took, by request id; kept until the pass's last day. */
  spends: { key: string; value: Spend; indexes: { voucher: string; open: number; at: number } };
  clock: { key: 'clock'; value: Clock };
  keys: { key: 'set'; value: KeptKeys };
  /** The device's programmes and venues. */
  place: { key: 'own'; value: Place };
  feed: { key: 'state'; value: FeedState };
  /** What the feed says, in pieces: 11 bytes a voucher. */
  chunks: { key: number; value: Bytes };
  /** The lists of genuine passes of keys that leaked, by kid, and their pages. */
  leaked: { key: string; value: Leaked };
  marks: { key: [string, number]; value: Bytes };
}

export type Database = IDBPDatabase<Schema>;
/** What a device learnt; another device that this browser becomes learns it anew. */
export const KNOWLEDGE = ['clock', 'keys', 'place', 'feed', 'chunks', 'leaked', 'marks'] as const;

export type Writing<N extends StoreNames<Schema>> = IDBPTransaction<Schema, N[], 'readwrite'>;

/** All or nothing: whatever goes wrong in between takes everything back. On disk when it returns. */
export async function atOnce<N extends StoreNames<Schema>, T>(
  database: Database, stores: readonly N[], run: (writing: Writing<N>) => Promise<T>,
): Promise<T> {
  const writing = database.transaction<N[], 'readwrite'>([...stores], 'readwrite', { durability: 'strict' });
  try {
    const value = await run(writing);
    await writing.done;
    return value;
  } catch (error) {
    // A throw alone would let what was put before it stand.
    try {
      writing.abort();
    } catch {
      // It is over already.
    }
    await writing.done.catch(() => undefined);
    throw error;
  }
}

const NAME = 'scan';
const VERSION = 2;

/**
 * Nothing in a window that keeps nothing: a private one, or one that may not store. `waits` is
 * told when another window holds an older form of it open; `gives` when this one is in the way.
 */
export async function openDatabase(
  waits: () => void = () => undefined, gives: () => void = () => undefined,
): Promise<Database | undefined> {
  try {
    const opened: Database = await openDB<Schema>(NAME, VERSION, {
      upgrade(database, before) {
        if (before < 1) database.createObjectStore('device');
        if (before < 2) {
          for (const name of ['chain', ...KNOWLEDGE] as const) database.createObjectStore(name);
          database.createObjectStore('records', { keyPath: ['device', 'sequence'] });
          const spends = database.createObjectStore('spends', { keyPath: 'request' });
          spends.createIndex('voucher', 'voucher');
          // Only of those that have it: what the feed does not know yet.
          spends.createIndex('open', 'open');
          spends.createIndex('at', 'at');
        }
      },
      blocked: waits,
      blocking() {
        opened.close();
        gives();
      },
    });
    return opened;
  } catch {
    return undefined;
  }
}
