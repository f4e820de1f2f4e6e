// What the service tells a device of itself, checked when it arrives.

import { parseProgramme, type Programme } from '../offline/place.ts';
import { parseMoment } from '../offline/sync.ts';
import type { Outcome } from './http.ts';
import { every, fields, type Parse, parseVenue, type Venue } from './types.ts';

/** An enrolled device, by its own account. */
export interface OwnDevice {
  readonly device: string;
  readonly name: string;
  readonly venues: readonly Venue[];
  readonly programmes: readonly Programme[];
  /** The key set, and the key that signed it, in hexadecimal; none before the first is published. */
  readonly keySet: string | undefined;
  readonly root: string | undefined;
  /** The service's time, in milliseconds since 1970. */
  readonly now: number;
}

export const parseOwnDevice: Parse<OwnDevice> = (value) => {
  const f = fields(value);
  const [device, name, now] = [f?.['device'], f?.['name'], parseMoment(f?.['now'])];
  const venues = every(f?.['venues'], parseVenue);
  const programmes = every(f?.['programmes'], parseProgramme);
  if (typeof device !== 'string' || typeof name !== 'string' || now === undefined || !venues || !programmes) return undefined;
  const [keySet, root] = [f?.['key_set'], f?.['root']];
  return {
    device, name, venues, programmes, now,
    keySet: typeof keySet === 'string' ? keySet : undefined, root: typeof root === 'string' ? root : undefined,
  };
};

/** Whether the service says that this device is none of its own, or no more. */
export function saysRevoked(own: Outcome<OwnDevice>): boolean {
  return own.kind === 'problem' ? own.problem.reason === 'device_revoked'
    : own.kind === 'failed' && own.cause === 'signed_out';
}
