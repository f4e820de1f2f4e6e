// Enrolment: the link of a supervisor's QR, a key of this device's own, and what the service says.

import { ask, type Outcome } from '../api/http.ts';
import { type OwnDevice, parseOwnDevice } from '../api/own-device.ts';
import type { Database } from '../offline/database.ts';
import { Feed } from '../offline/feed.ts';
import { persisted } from '../offline/standing.ts';
import { forgetKnowledge, Knowledge } from '../offline/knowledge.ts';
import { type Identity, invitationIn, keepIdentity, keepInvitation } from './identity.ts';
import { makeKey, sign } from './signing.ts';

const LINK = /^#enrol=([0-9]{1,19})\.([\w-]{1,64})$/;
const PURPOSE = 'pass-numerique/device/enrol/1';

/** What stands after `#` in the link: no server has seen it. */
export interface Link {
  readonly device: string;
  readonly token: string;
}

export function linkIn(hash: string): Link | undefined {
  const [, device, token] = LINK.exec(hash) ?? [];
  return device === undefined || token === undefined ? undefined : { device, token };
}

export type Enrolled =
  | { readonly kind: 'enrolled'; readonly identity: Identity }
  /** The service said no, in the reader's language. */
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'failed'; readonly why: 'unreachable' | 'old_browser' | 'no_storage' | 'records_wait' };

/** Makes a key, or takes the one of an earlier try, and has it enrolled. */
export async function enrol(
  database: Database | undefined, link: Link, language: string,
): Promise<Enrolled> {
  if (!database) return { kind: 'failed', why: 'no_storage' };
  const before = await invitationIn(database);
  const same = before?.device === link.device && before.token === link.token;
  const key = same ? before.key : await makeKey();
  if (!key) return { kind: 'failed', why: 'old_browser' };
  try {
    await keepInvitation(database, { ...link, key });
  } catch {
    return { kind: 'failed', why: 'no_storage' };
  }
  const proof = await sign(key.signs, PURPOSE, link.device, link.token);
  const outcome: Outcome<OwnDevice> = await ask({
    method: 'POST',
    path: '/v1/devices/enrol',
    headers: { 'Accept-Language': language },
    body: { ...link, public_key: key.publicKey, proof },
  }, parseOwnDevice);
  if (outcome.kind === 'problem') return { kind: 'refused', detail: outcome.problem.detail };
  if (outcome.kind === 'failed') return { kind: 'failed', why: 'unreachable' };
  const { value: own, sentAt = Date.now(), receivedAt = sentAt } = outcome;
  const identity: Identity = { device: own.device, name: own.name, venues: own.venues, key };
  await forgetKnowledge(database);
  await keepIdentity(database, identity);
  await new Knowledge(database, own.device, new Feed(database, own.device)).learn(own, sentAt, receivedAt);
  // Without it a browser short of room may throw everything away.
  await persisted();
  return { kind: 'enrolled', identity };
}
