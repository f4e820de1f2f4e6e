// One redemption as it is asked for: its id is made once and sent with every try, so that however
// often it is sent, it counts once. Kept until it is answered. No screen.

import type { Api, Answer } from './api.ts';

export interface Attempt {
  id: string;
  venue: string;
  code: string;
  workshops: number;
}

export interface Receipt {
  seq: string;
  workshops: number;
  left: number;
  last_day: string;
}

export type Outcome =
  | { is: 'accepted'; receipt: Receipt }
  | { is: 'refused'; detail: string; reason: string }
  | { is: 'log-in' }
  | { is: 'unsent' };

const KEPT = 'scanner.unsent';

/** A UUID of version 7 (RFC 9562): its time comes first, so that ids sort as they were made. */
export function newId(now: number, random: Uint8Array): string {
  const bytes = Uint8Array.from(random.slice(0, 16));
  for (let at = 0; at < 6; at += 1) bytes[at] = Math.floor(now / 2 ** (8 * (5 - at))) % 256;
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function unsent(storage: Storage): Attempt[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEPT) ?? '[]');
    return Array.isArray(kept) ? (kept as Attempt[]) : [];
  } catch {
    return [];
  }
}

function keep(storage: Storage, attempts: Attempt[]): void {
  if (attempts.length === 0) storage.removeItem(KEPT);
  else storage.setItem(KEPT, JSON.stringify(attempts));
}

/** Keeps an attempt before it is sent the first time. */
export function begin(storage: Storage, attempt: Attempt): void {
  keep(storage, [...unsent(storage), attempt]);
}

/** Sends an attempt; it is forgotten once the server has decided. */
export async function send(storage: Storage, api: Api, attempt: Attempt): Promise<Outcome> {
  const answer = await api.post('/v1/redemptions', attempt);
  const outcome = told(answer);
  if (outcome.is === 'accepted' || outcome.is === 'refused') {
    keep(storage, unsent(storage).filter((kept) => kept.id !== attempt.id));
  }
  return outcome;
}

export function told(answer: Answer): Outcome {
  if (answer.is === 'nobody') return { is: 'log-in' };
  if (answer.is === 'nothing') return { is: 'unsent' };
  if (answer.status === 200 || answer.status === 201) {
    return { is: 'accepted', receipt: answer.body as Receipt };
  }
  // What may be different in a moment is no verdict.
  if (answer.status === 408 || answer.status === 429 || answer.status >= 500) return { is: 'unsent' };
  const problem = answer.body as { detail?: string; reason?: string };
  return { is: 'refused', detail: problem.detail ?? '', reason: problem.reason ?? '' };
}
