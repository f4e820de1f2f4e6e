// A record: what a device says of a workshop, signed, and bound to the record before it
// (docs/algorithms/devices.md). Members in no order: the signed bytes are what counts.

import type { Delivery } from '../scan/attempt.ts';
import { base64url, type Bytes, joined, sha256, utf8 } from './bytes.ts';

const TYPE = 'passnum-record+jwt';
export const SALT_BYTES = 16;
/** What the first record of a chain names. */
export const NOTHING = base64url(new Uint8Array(32));

/** The end of a device's chain. */
export interface Head {
  readonly sequence: number;
  /** SHA-256 of the last record's signing input, in base64url. */
  readonly hash: string;
  /** The service's time before which the next may not be, in milliseconds since 1970. */
  readonly floor: number;
}

export const START: Head = { sequence: 0, hash: NOTHING, floor: 0 };

/** A record with what its hash is of, until the service has it: bearer value, never shown. */
export interface Waiting {
  readonly device: string;
  readonly sequence: number;
  readonly request: string;
  readonly record: string;
  readonly salt: string;
  readonly code: string;
  /** Why the service would not have it, so that somebody looks. */
  readonly problem?: string;
}

export interface Claims {
  readonly device: string;
  readonly sequence: number;
  readonly before: string;
  readonly request: string;
  readonly venue: string;
  readonly shown: string;
  readonly workshops: number;
  readonly delivery: Delivery;
  readonly clock_at: string;
  readonly clock_offset_ms: number;
  readonly server_at: string;
  readonly seen: string;
  readonly feed_at?: string;
}

export interface Signed {
  readonly record: string;
  /** What the next record names. */
  readonly hash: string;
}

export async function signed(key: CryptoKey, claims: Claims): Promise<Signed> {
  const header = { alg: 'EdDSA', kid: claims.device, typ: TYPE };
  const part = (value: object): string => base64url(utf8(JSON.stringify(value)));
  const input = `${part(header)}.${part(claims)}`;
  const bytes = utf8(input);
  const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', key, bytes));
  return { record: `${input}.${base64url(signature)}`, hash: base64url(await sha256(bytes)) };
}

/** What a record says of a text: nothing that is worth a pass. */
export async function shown(salt: Bytes, text: string): Promise<string> {
  return base64url(await sha256(joined(salt, utf8(text))));
}

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
