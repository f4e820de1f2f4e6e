// Whether a workshop may be taken without network: pure, the order of docs/algorithms/redeem.md as
// far as a device can know. The service decides again when it hears of it.

import type { Delivery } from '../scan/attempt.ts';
import type { Entry } from './entries.ts';
import { dayIn, dayText } from './days.ts';
import type { Checked, Payload } from './pass.ts';
import type { Programme } from './place.ts';
import { leftAfter, type Spend, takes } from './spends.ts';

/** Typed codes that may wait at once: nothing vouches for them. */
export const MOST_CLAIMS = 20;

export interface Question {
  /** A typed code cannot be verified here: it is a claim. */
  readonly shown: Checked | { readonly kind: 'claim' };
  readonly venue: string;
  readonly workshops: number;
  readonly delivery: Delivery;
  /** The service's time of the workshop, in milliseconds since 1970. */
  readonly at: number;
}

/** What the device knows of the pass. */
export interface Known {
  readonly programmes: readonly Programme[];
  readonly entry: Entry | undefined;
  /** Of this device and this pass. */
  readonly spends: readonly Spend[];
  readonly claims: number;
}

export type Decision =
  | { readonly kind: 'taken'; readonly left?: number; readonly lastDay?: number }
  | {
      readonly kind: 'refused';
      /** The service's code for the same. */
      readonly reason: string;
      readonly left?: number;
      readonly day?: string;
      /** When and where this device itself took the last one. */
      readonly at?: number;
      readonly venue?: string;
      readonly limit?: number;
    };

export function decide(question: Question, known: Known): Decision {
  const { shown } = question;
  if (question.workshops < 1 || question.workshops > 10) return { kind: 'refused', reason: 'request_malformed' };
  if (shown.kind === 'refused') return { kind: 'refused', reason: shown.reason };
  if (shown.kind === 'claim') {
    return known.claims >= MOST_CLAIMS ? { kind: 'refused', reason: 'too_many_claims', limit: MOST_CLAIMS } : { kind: 'taken' };
  }
  return ofPass(question, shown.payload, known);
}

function ofPass(question: Question, payload: Payload, known: Known): Decision {
  const { entry, spends } = known;
  // The service knows no such pass, whatever its signature says.
  if (spends.some(({ reason, cause }) => reason === 'voucher_unknown' || cause === 'voucher_unknown')) {
    return { kind: 'refused', reason: 'voucher_unknown' };
  }
  const programme = known.programmes.find(({ id }) => id === payload.programme);
  if (!programme) return { kind: 'refused', reason: 'venue_not_admitted' };
  const day = dayIn(programme.zone, question.at);
  // Of one printed ahead the signature tells neither dates nor whether it counts at all.
  const told = entry?.left ?? (payload.stock ? undefined : payload.workshops);
  const left = leftAfter(told, spends);
  if (left === undefined) return { kind: 'refused', reason: 'voucher_stock' };
  if (!payload.stock && day < payload.firstDay) {
    return { kind: 'refused', reason: 'voucher_not_yet_valid', left, day: dayText(payload.firstDay) };
  }
  const lastDay = entry?.lastDay ?? lastHeard(spends) ?? payload.lastDay;
  if (day > lastDay) return { kind: 'refused', reason: 'voucher_expired', day: dayText(lastDay) };
  if (left < 1) return exhausted(entry, spends);
  if (left < question.workshops) return { kind: 'refused', reason: 'workshops_insufficient', left };
  return limits(question, programme, day, spends, left)
    ?? delivered(question.delivery, programme)
    ?? { kind: 'taken', left: left - question.workshops, lastDay };
}

/** The feed's 0 does not tell why; what this device took itself, it can say. */
function exhausted(entry: Entry | undefined, spends: readonly Spend[]): Decision {
  const own = spends.filter(takes).sort((a, b) => a.at - b.at).at(-1);
  const explains = own && (entry === undefined || entry.left > 0);
  return explains
    ? { kind: 'refused', reason: 'voucher_exhausted', left: 0, at: own.at, venue: own.venue }
    : { kind: 'refused', reason: 'voucher_nothing_left', left: 0 };
}

function lastHeard(spends: readonly Spend[]): number | undefined {
  return spends.find(({ seq, lastDay }) => seq !== undefined && lastDay !== undefined)?.lastDay;
}

/** Of what this device took itself: others' it does not know. */
function limits(
  { workshops, venue }: Question, { perDay, perVenue, zone }: Programme, day: number, spends: readonly Spend[], left: number,
): Decision | undefined {
  const sum = (some: readonly Spend[]): number => some.reduce((all, spend) => all + spend.workshops, workshops);
  const own = spends.filter(takes);
  const today = sum(own.filter(({ at }) => dayIn(zone, at) === day));
  const here = sum(own.filter((spend) => spend.venue === venue));
  for (const [limit, count] of [[perDay, today], [perVenue, here]] as const) {
    if (limit !== undefined && count > limit) return { kind: 'refused', reason: 'programme_limit', left, limit };
  }
  return undefined;
}

function delivered({ service }: Delivery, { serviceRequired, services }: Programme): Decision | undefined {
  if (service === undefined) return serviceRequired ? { kind: 'refused', reason: 'service_required' } : undefined;
  const admitted = services.length === 0 || services.includes(service);
  return admitted ? undefined : { kind: 'refused', reason: 'service_not_admitted' };
}
