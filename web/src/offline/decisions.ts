// What the operator decided about records that were put aside: until the device hears of it, it
// takes their workshops for spent.

import type { Outcome } from '../api/http.ts';
import { fields, type Parse } from '../api/types.ts';
import { atOnce, type Database } from './database.ts';
import { type Spend, toldBy } from './spends.ts';

/** Asked about at once. */
const MOST = 100;

export interface Decision {
  readonly request: string;
  readonly accepted: boolean;
  /** What it counts as; none, although it was accepted: it is a conflict, and the pass does not pay for it. */
  readonly redemption: string | undefined;
}

export type AskDecisions = (sequences: readonly number[]) => Promise<Outcome<readonly Decision[]>>;

export const parseDecisions: Parse<readonly Decision[]> = (value) => {
  const items = fields(value)?.['items'];
  if (!Array.isArray(items)) return undefined;
  const found = items.map(decision);
  return found.includes(undefined) ? undefined : found.filter((one) => one !== undefined);
};

function decision(value: unknown): Decision | undefined {
  const f = fields(value);
  const [request, accepted, redemption] = [f?.['request'], f?.['accepted'], f?.['redemption']];
  if (typeof request !== 'string' || typeof accepted !== 'boolean') return undefined;
  return { request, accepted, redemption: typeof redemption === 'string' && /^\d+$/.test(redemption) ? redemption : undefined };
}

/** Asks about all that wait for a decision; whether something was decided. */
export async function fetchDecisions(database: Database, device: string, ask: AskDecisions): Promise<boolean> {
  const open = await database.getAllFromIndex('spends', 'open');
  const aside = open.flatMap(({ fate, sequence }) => (fate === 'quarantined' && sequence !== undefined ? [sequence] : []));
  if (aside.length === 0) return false;
  const outcome = await ask(aside.slice(-MOST));
  if (outcome.kind !== 'ok' || outcome.value.length === 0) return false;
  await atOnce(database, ['spends', 'feed'], async (writing) => {
    const feed = await writing.objectStore('feed').get('state');
    const until = feed?.device === device && !feed.beginning ? BigInt(feed.until) : 0n;
    for (const decided of outcome.value) {
      const spend = await writing.objectStore('spends').get(decided.request);
      if (spend?.fate === 'quarantined') await writing.objectStore('spends').put(decide(spend, decided, until));
    }
  });
  return true;
}

/** What a decision makes of a spend; `until` is what the feed tells of. */
export function decide(spend: Spend, { accepted, redemption }: Decision, until: bigint): Spend {
  const { open: _, cause, ...rest } = spend;
  if (redemption === undefined) return { ...rest, ...(cause === undefined ? {} : { cause }), fate: accepted ? 'conflict' : 'refused' };
  const known: Spend = { ...rest, fate: 'accepted', seq: redemption };
  return toldBy(known, until) ? known : { ...known, open: 1 };
}
