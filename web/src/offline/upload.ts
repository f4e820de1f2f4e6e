// Hands records over, the oldest first, and keeps what becomes of each. A record and its text leave
// the device in the transaction that keeps the verdict, not before.

import type { Outcome } from '../api/http.ts';
import { atOnce, type Database } from './database.ts';
import { fateOf, type Spend, toldBy } from './spends.ts';
import type { Waiting } from './record.ts';
import type { Synced, TellingVerdict } from './sync.ts';

export const MOST_RECORDS = 500;
/** On a line on which more do not come through. */
const FEWEST_RECORDS = 20;

export type Send = (records: readonly { record: string; salt: string; code: string }[]) => Promise<Outcome<Synced>>;

export class Upload {
  readonly #database: Database;
  readonly #device: string;
  readonly #send: Send;
  #lot = MOST_RECORDS;
  /** Not wanted by the service: tried again when the page opens again. */
  readonly #unwanted = new Set<number>();

  constructor(database: Database, device: string, send: Send) {
    this.#database = database;
    this.#device = device;
    this.#send = send;
  }

  /** Records that the service does not have, and that it may still take. */
  async waiting(): Promise<number> {
    return (await this.#records()).filter(({ problem }) => problem === undefined).length;
  }

  /** Hands over all there is; what stopped it, if something did. */
  async all(told: (synced: Synced, sentAt: number, receivedAt: number) => Promise<void>): Promise<Outcome<Synced> | undefined> {
    for (;;) {
      const lot = (await this.#records()).filter(({ sequence }) => !this.#unwanted.has(sequence)).slice(0, this.#lot);
      if (lot.length === 0) return undefined;
      const outcome = await this.#send(lot.map(({ record, salt, code }) => ({ record, salt, code })));
      if (outcome.kind === 'failed' && outcome.cause === 'timeout') this.#lot = Math.max(FEWEST_RECORDS, Math.floor(this.#lot / 2));
      if (outcome.kind !== 'ok') return outcome;
      const { value, sentAt, receivedAt } = outcome;
      // Not the service's words: nothing is forgotten for them.
      if (value.verdicts.length !== lot.length) return { kind: 'failed', cause: 'network' };
      await this.#keep(lot, value.verdicts);
      if (sentAt !== undefined && receivedAt !== undefined) await told(value, sentAt, receivedAt);
    }
  }

  async #records(): Promise<Waiting[]> {
    return this.#database.getAll('records', IDBKeyRange.bound([this.#device, 0], [this.#device, Infinity]));
  }

  #keep(lot: readonly Waiting[], verdicts: readonly TellingVerdict[]): Promise<void> {
    return atOnce(this.#database, ['records', 'spends', 'feed'], async (writing) => {
      const [records, spends] = [writing.objectStore('records'), writing.objectStore('spends')];
      const feed = await writing.objectStore('feed').get('state');
      const until = feed?.device === this.#device && !feed.beginning ? BigInt(feed.until) : 0n;
      for (const [i, waiting] of lot.entries()) {
        const verdict = verdicts[i];
        if (!verdict) continue;
        const { device, sequence, request } = waiting;
        if (verdict.kept) {
          await records.delete([device, sequence]);
        } else {
          this.#unwanted.add(sequence);
          await records.put({ ...waiting, problem: verdict.reason ?? verdict.verdict });
        }
        const spend = await spends.get(request);
        if (spend) await spends.put(after(spend, verdict, until));
      }
    });
  }
}

/** What a verdict makes of a spend; `until` is what the feed tells of. */
export function after(spend: Spend, verdict: TellingVerdict, until: bigint): Spend {
  const { open: _, reason: __, cause: ___, left: own, ...rest } = spend;
  const { counted, reason, cause } = verdict;
  const fate = verdict.kept ? fateOf(verdict.verdict) : 'not_kept';
  const why = { ...(reason === undefined ? {} : { reason }), ...(cause === undefined ? {} : { cause }) };
  if (fate === 'refused' || fate === 'conflict') return { ...rest, ...why, fate };
  if (fate === 'quarantined' || fate === 'not_kept' || !counted) return { ...rest, ...why, fate, open: 1 };
  const { seq, voucher, left, lastDay, reversed, held } = counted;
  const known: Spend = {
    ...rest, fate, seq, voucher, left, ...(lastDay === undefined ? {} : { lastDay }), ...(held ? { held } : {}),
  };
  // Undone meanwhile: it takes nothing.
  if (reversed) return { ...known, undone: true };
  return toldBy(known, until) ? known : { ...known, open: 1 };
}
