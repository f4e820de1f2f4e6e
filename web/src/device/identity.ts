// Which device this browser is, kept in its database: the only place that holds a key it cannot read.

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Venue } from '../api/types.ts';
import type { DeviceKey } from './signing.ts';

/** An enrolled device. */
export interface Identity {
  readonly device: string;
  readonly name: string;
  readonly venues: readonly Venue[];
  readonly key: DeviceKey;
}

/** An enrolment under way: after an answer that was lost the same key asks again. */
export interface Invitation {
  readonly device: string;
  readonly token: string;
  readonly key: DeviceKey;
}

interface Schema extends DBSchema {
  device: {
    key: 'identity' | 'invitation';
    value: Identity | Invitation;
  };
}

export type Database = IDBPDatabase<Schema>;

const NAME = 'scan';
const VERSION = 1;

/** Nothing in a window that keeps nothing: a private one, or one that may not store. */
export async function openDatabase(): Promise<Database | undefined> {
  try {
    return await openDB<Schema>(NAME, VERSION, {
      upgrade(database) { database.createObjectStore('device'); },
    });
  } catch {
    return undefined;
  }
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
export async function keepIdentity(database: Database, identity: Identity): Promise<void> {
  const change = database.transaction('device', 'readwrite');
  await Promise.all([
    change.store.put(identity, 'identity'),
    change.store.delete('invitation'),
    change.done,
  ]);
}

/** Of a device that was revoked nothing is left but what waits to be handed over. */
export async function forgetIdentity(database: Database): Promise<void> {
  await database.delete('device', 'identity');
}
