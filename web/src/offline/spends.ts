// What this device took itself, and what of it the feed does not know yet. Ids alone: no text of a
// pass and no signature.

import type { Delivery } from '../scan/attempt.ts';

/** What became of it; `waiting`: the service has not said. */
export type Fate = 'waiting' | 'accepted' | 'replayed' | 'refused' | 'quarantined' | 'conflict' | 'not_kept';

const FATES: readonly Fate[] = ['accepted', 'replayed', 'refused', 'quarantined', 'conflict'];

/** A verdict that this version does not know is somebody's to look at. */
export function fateOf(verdict: string): Fate {
  return FATES.find((fate) => fate === verdict) ?? 'quarantined';
}

export interface Spend {
  readonly request: string;
  /** Decimal; empty where a typed code has not told it yet. */
  readonly voucher: string;
  readonly venue: string;
  readonly workshops: number;
  readonly delivery: Delivery;
  /** When the workshop took place, in milliseconds since 1970. */
  readonly at: number;
  /** The pass's last day, in days since 1970. */
  readonly lastDay?: number;
  /** Its place in the chain, if it was taken without network. */
  readonly sequence?: number;
  readonly typed: boolean;
  readonly fate: Fate;
  /** Of the redemption, and what the pass had left after it. */
  readonly seq?: string;
  readonly left?: number;
  readonly reason?: string;
  readonly cause?: string;
  /** It is paid after somebody else has looked. */
  readonly held?: true;
  /** Given back to the pass since. */
  readonly undone?: boolean;
  /** There while the feed may not know of it. */
  readonly open?: 1;
}

/** Whether it takes from the pass, as far as anybody knows: what is in doubt does. */
export function takes({ fate, undone }: Spend): boolean {
  return fate !== 'refused' && fate !== 'conflict' && undone !== true;
}

export function wasKnown({ open: _, ...spend }: Spend): Spend {
  return spend;
}

/** Whether the feed that tells everything up to an event tells of it. */
export function toldBy({ seq }: Spend, until: bigint): boolean {
  return seq !== undefined && BigInt(seq) <= until;
}

/**
 * Workshops left of a pass: what the feed (or the signature) says, without those of this device
 * that the feed does not know; and no more than the service itself said later.
 */
export function leftAfter(told: number | undefined, spends: readonly Spend[]): number | undefined {
  const open = spends.filter((spend) => spend.open === 1 && takes(spend));
  const sum = (some: readonly Spend[]): number => some.reduce((all, spend) => all + spend.workshops, 0);
  const after = told === undefined ? undefined : told - sum(open);
  let said: Spend | undefined;
  for (const spend of open) {
    if (spend.seq === undefined || spend.left === undefined) continue;
    if (said?.seq === undefined || BigInt(spend.seq) > BigInt(said.seq)) said = spend;
  }
  if (said?.seq === undefined || said.left === undefined) return after;
  const newest = BigInt(said.seq);
  const later = said.left - sum(open.filter(({ seq }) => seq === undefined || BigInt(seq) > newest));
  return after === undefined ? later : Math.min(after, later);
}

/** A problem that somebody must see. */
export function isProblem({ fate }: Spend): boolean {
  return fate === 'refused' || fate === 'quarantined' || fate === 'conflict' || fate === 'not_kept';
}
