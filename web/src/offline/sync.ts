// What the service says of records that are handed over, checked when it arrives.

import { fields, type Parse } from '../api/types.ts';
import { dayOf } from './days.ts';

export interface Counted {
  readonly seq: string;
  readonly voucher: string;
  readonly left: number;
  readonly lastDay: number | undefined;
  readonly reversed: boolean;
  /** It is paid after somebody else has looked. */
  readonly held?: true;
}

export interface TellingVerdict {
  readonly verdict: string;
  /** Whether the service has the record now. */
  readonly kept: boolean;
  readonly reason?: string;
  readonly cause?: string;
  readonly counted?: Counted;
}

export interface Synced {
  readonly verdicts: readonly TellingVerdict[];
  /** The service's time, in milliseconds since 1970. */
  readonly now: number;
}

export const parseSynced: Parse<Synced> = (value) => {
  const f = fields(value);
  const now = parseMoment(f?.['now']);
  if (now === undefined || !Array.isArray(f?.['verdicts'])) return undefined;
  const verdicts = f['verdicts'].map(verdict);
  return verdicts.includes(undefined) ? undefined
    : { now, verdicts: verdicts.filter((one) => one !== undefined) };
};

/** A moment of the service in milliseconds since 1970. */
export function parseMoment(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function verdict(value: unknown): TellingVerdict | undefined {
  const f = fields(value);
  const [told, kept, reason, cause] = [f?.['verdict'], f?.['kept'], f?.['reason'], f?.['cause']];
  if (typeof told !== 'string' || typeof kept !== 'boolean') return undefined;
  const redemption = counted(f?.['redemption']);
  return {
    verdict: told, kept,
    ...(typeof reason === 'string' ? { reason } : {}), ...(typeof cause === 'string' ? { cause } : {}),
    ...(redemption ? { counted: redemption } : {}),
  };
}

function counted(value: unknown): Counted | undefined {
  const f = fields(value);
  const [seq, voucher, left, day] = [f?.['seq'], f?.['voucher'], f?.['left'], f?.['last_day']];
  if (typeof seq !== 'string' || !/^\d+$/.test(seq) || typeof voucher !== 'string' || !/^\d+$/.test(voucher)
    || typeof left !== 'number') return undefined;
  const lastDay = typeof day === 'string' ? dayOf(day) : undefined;
  const causes = f?.['held'];
  const held = Array.isArray(causes) && causes.length > 0;
  return { seq, voucher, left, lastDay, reversed: f?.['reversed'] === true, ...(held ? { held } : {}) };
}
