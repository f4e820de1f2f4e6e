// The key set: which keys vouch for passes, signed by the root key that was pinned at enrolment.

import { fields } from '../api/types.ts';
import { type Bytes, fromBase64url } from './bytes.ts';
import { dayOf } from './days.ts';
import { readJws } from './jws.ts';

const TYPE = 'passnum-keys+jwt';
const LONGEST = 65_536;
const LONGEST_VALIDITY_S = 35 * 86_400;
const STATES = ['pending', 'active', 'retired', 'compromised'] as const;

export type KeyState = (typeof STATES)[number];

export interface VoucherKey {
  /** 4 bytes in hexadecimal; two keys may share them. */
  readonly kid: string;
  readonly publicKey: Bytes;
  readonly state: KeyState;
  /** Days since 1970 on which it signs, inclusive. */
  readonly firstDay: number;
  readonly lastDay: number | undefined;
}

export interface KeySet {
  readonly issuer: string;
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  /** Past it the device says that its keys are old. */
  readonly expiresAt: number;
  readonly keys: readonly VoucherKey[];
}

/** The set in a text that the root key signed; one past its expiry too. */
export async function readKeySet(text: string, root: Bytes): Promise<KeySet | undefined> {
  if (text.length > LONGEST) return undefined;
  const claims = await readJws(text, TYPE, root);
  const [iss, seq, iat, exp, keys] = [claims?.['iss'], claims?.['seq'], claims?.['iat'], claims?.['exp'], claims?.['keys']];
  if (typeof iss !== 'string' || !whole(seq) || !whole(iat) || !whole(exp) || !Array.isArray(keys)) return undefined;
  if (exp - iat < 1 || exp - iat > LONGEST_VALIDITY_S) return undefined;
  const read = keys.map(key);
  if (read.includes(undefined)) return undefined;
  return {
    issuer: iss, sequence: seq, issuedAt: iat * 1000, expiresAt: exp * 1000,
    keys: read.filter((one) => one !== undefined),
  };
}

/** Whether a set may take the place of another: of the same service, and not an older one. */
export function follows(next: KeySet, before: KeySet | undefined): boolean {
  return before === undefined || (next.issuer === before.issuer && next.sequence >= before.sequence);
}

/** Whether a key may sign on a day. */
export function covers({ firstDay, lastDay }: VoucherKey, day: number): boolean {
  return day >= firstDay && (lastDay === undefined || day <= lastDay);
}

function key(value: unknown): VoucherKey | undefined {
  const f = fields(value);
  const [kid, x, state] = [f?.['voucher_kid'], f?.['x'], STATES.find((one) => one === f?.['state'])];
  const [from, until] = [f?.['signs_from'], f?.['signs_until'] ?? undefined];
  const publicKey = typeof x === 'string' ? fromBase64url(x) : undefined;
  const firstDay = typeof from === 'string' ? dayOf(from) : undefined;
  const lastDay = typeof until === 'string' ? dayOf(until) : undefined;
  if (typeof kid !== 'string' || !/^[0-9a-f]{8}$/.test(kid) || publicKey?.length !== 32 || state === undefined
    || firstDay === undefined || (until !== undefined && lastDay === undefined)) return undefined;
  return { kid, publicKey, state, firstDay, lastDay };
}

function whole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
