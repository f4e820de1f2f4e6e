// Which device this browser is, kept in its database: a key is there that nobody can read.

import type { Venue } from '../api/types.ts';
import { atOnce, type Database } from '../offline/database.ts';
import type { DeviceKey } from './signing.ts';

/** An enrolled device. */
export interface Identity {
  readonly device: string;
  readonly name: string;
  readonly venues: readonly Venue[];
  readonly key: DeviceKey;
  /** The service said so; what waits is still handed over. */
  readonly revoked?: boolean;
}

/** An enrolment under way: after an answer that was lost the same key asks again. */
export interface Invitation {
  readonly device: string;
  readonly token: string;
  readonly key: DeviceKey;
}

export async function identityIn(database: Database): Promise<Identity | undefined> {
  const found = await database.get('device', 'identity');
  return found !== undefined && 'name' in found ? found : undefined;
}

export async function invitationIn(database: Database): Promise<Invitation | undefined> {
  const found = await database.get('device', 'invitation');
  return found !== undefined && 'token' in found ? found : undefined;
}

export async function keepInvitation(database: Database, invitation: Invitation): Promise<void> {
  await database.put('device', invitation, 'invitation');
}

/** Who is enrolled is invited no more. */
export function keepIdentity(database: Database, identity: Identity): Promise<void> {
  return atOnce(database, ['device'], async (writing) => {
    await writing.objectStore('device').put(identity, 'identity');
    await writing.objectStore('device').delete('invitation');
  });
}

/** Of a device that was revoked nothing is left but what waits to be handed over. */
export async function forgetIdentity(database: Database): Promise<void> {
  await database.delete('device', 'identity');
}
