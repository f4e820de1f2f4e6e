// How the device stands at this moment, as staff must see it: network, queue, age of what it knows.

import type { FeedState } from './feed.ts';
import type { KeySet } from './key-set.ts';

const HOUR_MS = 3_600_000;
export const FRESH_MS = 24 * HOUR_MS;
/** Older than this a workshop is taken at the venue's own risk. */
export const RISK_MS = 7 * 24 * HOUR_MS;
/** A queue that waits so long wants somebody to bring the device to a network. */
export const LONG_MS = 24 * HOUR_MS;
const LITTLE_BYTES = 20_000_000;
const LITTLE_SHARE = 0.9;

export type Freshness = 'fresh' | 'aging' | 'risky';
export type Network = 'online' | 'offline' | 'sending';

export interface Standing {
  readonly network: Network;
  readonly waiting: number;
  /** When the oldest of them was taken, in milliseconds since 1970. */
  readonly oldest: number | undefined;
  readonly problems: number;
  readonly freshness: Freshness;
  /** How old the feed is; nothing: there is none. */
  readonly ageMs: number | undefined;
  readonly keysExpired: boolean;
  readonly distrusted: boolean;
  readonly little: boolean;
  /** The browser promised to keep everything; a private window never does. */
  readonly promised: boolean;
}

export function freshness(now: number, feed: FeedState, keys: KeySet | undefined): Freshness {
  if (feed.at === undefined || keys === undefined || now - feed.at > RISK_MS) return 'risky';
  return now - feed.at > FRESH_MS || now > keys.expiresAt ? 'aging' : 'fresh';
}

/** Whether storage is nearly full: said before it is. */
export async function littleStorage(): Promise<boolean> {
  try {
    const { usage = 0, quota = Infinity } = await navigator.storage.estimate();
    return quota - usage < LITTLE_BYTES || usage > LITTLE_SHARE * quota;
  } catch {
    return false;
  }
}

/** Asks the browser to keep everything, once. */
export async function persisted(): Promise<boolean> {
  try {
    return await navigator.storage.persisted() || await navigator.storage.persist();
  } catch {
    return false;
  }
}
