// Attempts without an answer, kept on this device from before their sending until it comes.
// One at a time, taken up again when the page opens. What a device took without network is no
// attempt any more, but a record (`offline`).

import { fields, parseDelivery } from '../api/types.ts';
import type { Attempt } from './attempt.ts';

const PREFIX = 'scan.attempt.';

export interface Attempts {
  keep(attempt: Attempt): void;
  forget(id: string): void;
  /** The oldest that this account made. */
  oldest(by: string): Attempt | undefined;
  /** How many are kept, of whomever. */
  count(): number;
}

export function attemptsIn(storage: Storage): Attempts {
  const all = (): Attempt[] => {
    const found: Attempt[] = [];
    for (let i = 0; i < storage.length; i += 1) {
      const key = storage.key(i);
      if (!key?.startsWith(PREFIX)) continue;
      const attempt = readAttempt(storage.getItem(key));
      if (attempt) found.push(attempt);
    }
    return found.sort((a, b) => a.madeAt - b.madeAt);
  };
  return {
    keep(attempt) {
      try {
        storage.setItem(PREFIX + attempt.id, JSON.stringify(attempt));
      } catch {
        // No room: it is sent all the same, and only an answer or a record makes it count.
      }
    },
    forget(id) { storage.removeItem(PREFIX + id); },
    oldest: (by) => all().find((attempt) => attempt.by === by),
    count: () => all().length,
  };
}

function readAttempt(json: string | null): Attempt | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json ?? 'null');
  } catch {
    return undefined;
  }
  const f = fields(value);
  const r = fields(f?.['redeeming']);
  const [id, by, madeAt] = [f?.['id'], f?.['by'], f?.['madeAt']];
  const [venue, code, workshops] = [r?.['venue'], r?.['code'], r?.['workshops']];
  if (typeof id !== 'string' || typeof by !== 'string' || typeof madeAt !== 'number'
    || typeof venue !== 'string' || typeof code !== 'string' || typeof workshops !== 'number') {
    return undefined;
  }
  return { id, by, madeAt, redeeming: { venue, code, workshops, ...parseDelivery(r) } };
}
