// How the device stands at this moment, as staff must see it: network, queue, age of what it knows.

import type { FeedState } from './feed.ts';
import type { KeySet } from './key-set.ts';

const DAY_MS = 86_400_000;
export const FRESH_MS = DAY_MS;
/** A queue that waits so long wants somebody to bring the device to a network. */
export const LONG_MS = DAY_MS;
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
  readonly riskDays: number;
  /** How old the feed is; nothing: there is none. */
  readonly ageMs: number | undefined;
  readonly keysExpired: boolean;
  readonly distrusted: boolean;
  readonly little: boolean;
  /** The browser promised to keep everything; a private window never does. */
  readonly promised: boolean;
}

/** After `riskDays` a workshop is taken at the venue's own risk. */
export function freshness(now: number, feed: FeedState, keys: KeySet | undefined, riskDays: number): Freshness {
  if (feed.at === undefined || keys === undefined || now - feed.at > riskDays * DAY_MS) return 'risky';
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
