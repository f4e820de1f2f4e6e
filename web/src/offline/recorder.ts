// Takes a workshop without network: decides, signs, and keeps record, chain and spend at once.
// Nothing counts as taken before the database has it.

import type { Identity } from '../device/identity.ts';
import type { Attempt } from '../scan/attempt.ts';
import { base64url } from './bytes.ts';
import { type Clock, notBefore, serviceTime } from './clock.ts';
import { atOnce, type Database } from './database.ts';
import { dayText } from './days.ts';
import { decide, type Decision } from './decide.ts';
import type { Feed } from './feed.ts';
import { Genuine } from './genuine.ts';
import type { VoucherKey } from './key-set.ts';
import { inTurn } from './locks.ts';
import { check, type Checked } from './pass.ts';
import { type Claims, type Head, instant, SALT_BYTES, shown, signed, START, type Waiting } from './record.ts';
import type { Spend } from './spends.ts';

/** A workshop that was taken without network, as it is shown. */
export interface Taken {
  readonly request: string;
  readonly venue: string;
  readonly workshops: number;
  readonly occurred_at: string;
  /** Not known of a typed code. */
  readonly left?: number;
  readonly last_day?: string;
  readonly typed: boolean;
}

export type Recorded =
  | { readonly kind: 'recorded'; readonly taken: Taken }
  | { readonly kind: 'refused'; readonly refusal: Decision & { readonly kind: 'refused' } }
  /** The browser would not write it down. */
  | { readonly kind: 'unkept' };

interface Ready {
  readonly head: Head;
  readonly clock: Clock;
  /** The clock was found to be wrong. */
  readonly corrected: boolean;
  readonly spends: readonly Spend[];
}

/** Another window may take one in between: then it is decided anew. */
const MOST_TRIES = 10;

export class Recorder {
  readonly #database: Database;
  readonly #identity: Identity;
  readonly #feed: Feed;
  readonly #genuine: Genuine;
  readonly #keys: () => Promise<readonly VoucherKey[]>;
  readonly #now: () => number;

  constructor(
    database: Database, identity: Identity, feed: Feed, keys: () => Promise<readonly VoucherKey[]>,
    now: () => number = Date.now,
  ) {
    this.#database = database;
    this.#identity = identity;
    this.#feed = feed;
    this.#genuine = new Genuine(database, identity.device);
    this.#keys = keys;
    this.#now = now;
  }

  async take(attempt: Attempt): Promise<Recorded> {
    try {
      const checked = await this.#checked(attempt.redeeming.code);
      return await inTurn('scan-record', async () => {
        for (let tries = 0; tries < MOST_TRIES; tries += 1) {
          const recorded = await this.#try(attempt, checked);
          if (recorded) return recorded;
        }
        return { kind: 'unkept' };
      });
    } catch {
      return { kind: 'unkept' };
    }
  }

  async #checked(code: string): Promise<Checked | { readonly kind: 'claim' }> {
    return /^[0-9]{204}$/.test(code) ? check(code, await this.#keys(), (kid, payload) => this.#genuine.has(kid, payload)) : { kind: 'claim' };
  }

  async #try(attempt: Attempt, checked: Checked | { readonly kind: 'claim' }): Promise<Recorded | undefined> {
    const { id, redeeming } = attempt;
    const { venue, code, workshops, ...delivery } = redeeming;
    const before = await this.#database.get('spends', id);
    // Kept already, before this page could say so.
    if (before) return { kind: 'recorded', taken: takenOf(before) };
    const voucher = checked.kind === 'pass' ? checked.payload.voucher : undefined;
    const look = await this.#feed.look();
    const ready = await this.#ready(voucher);
    const { head, clock, spends } = ready;
    // The attempt may have waited; others may have been taken meanwhile.
    const at = Math.max(head.floor, clock.serverAt, Math.floor(serviceTime(clock, attempt.madeAt)));
    const known = {
      programmes: (await this.#database.get('place', 'own'))?.programmes ?? [],
      entry: voucher === undefined ? undefined : look.entry(voucher),
      spends, claims: await this.#claims(),
    };
    const decided = decide({ shown: checked, venue, workshops, delivery, at }, known);
    if (decided.kind === 'refused') return { kind: 'refused', refusal: decided };
    const { device, key } = this.#identity;
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    const sequence = head.sequence + 1;
    const { until, at: feedAt } = look.state;
    const claims: Claims = {
      device, sequence, before: head.hash, request: id, venue, shown: await shown(salt, code), workshops, delivery,
      clock_at: instant(at - clock.offsetMs), clock_offset_ms: clock.offsetMs, server_at: instant(clock.serverAt),
      seen: until, ...(feedAt === undefined ? {} : { feed_at: instant(feedAt) }),
    };
    const { record, hash } = await signed(key.signs, claims);
    const spend: Spend = {
      request: id, voucher: voucher === undefined ? '' : String(voucher), venue, workshops, delivery, at, sequence,
      typed: voucher === undefined, fate: 'waiting', open: 1,
      ...(decided.left === undefined ? {} : { left: decided.left }),
      ...(decided.lastDay === undefined ? {} : { lastDay: decided.lastDay }),
    };
    const waiting: Waiting = { device, sequence, request: id, record, salt: base64url(salt), code };
    const kept = await this.#keep(ready, { sequence, hash, floor: at }, waiting, spend);
    return kept ? { kind: 'recorded', taken: takenOf(spend) } : undefined;
  }

  async #ready(voucher: bigint | undefined): Promise<Ready> {
    const reading = this.#database.transaction(['chain', 'clock', 'spends']);
    const [head = START, clock = { offsetMs: 0, serverAt: 0 }, spends] = await Promise.all([
      reading.objectStore('chain').get(this.#identity.device),
      reading.objectStore('clock').get('clock'),
      voucher === undefined ? [] : reading.objectStore('spends').index('voucher').getAll(String(voucher)),
    ]);
    await reading.done;
    const floor = Math.max(head.floor, clock.serverAt);
    const right = notBefore(clock, this.#now(), floor);
    return { head, clock: right, corrected: right !== clock, spends };
  }

  async #claims(): Promise<number> {
    const open = await this.#database.getAllFromIndex('spends', 'open');
    return open.filter(({ typed, fate }) => typed && fate === 'waiting').length;
  }

  /** All at once, and only if chain and spends are still those that were decided about. */
  #keep(ready: Ready, head: Head, waiting: Waiting, spend: Spend): Promise<boolean> {
    const { device } = this.#identity;
    return atOnce(this.#database, ['chain', 'clock', 'records', 'spends'], async (writing) => {
      const [chain, spends] = [writing.objectStore('chain'), writing.objectStore('spends')];
      const now = await chain.get(device) ?? START;
      const others = spend.voucher === '' ? [] : await spends.index('voucher').getAll(spend.voucher);
      const unchanged = now.hash === ready.head.hash && others.length === ready.spends.length
        && await spends.get(spend.request) === undefined;
      if (!unchanged) return false;
      await chain.put(head, device);
      await writing.objectStore('records').add(waiting);
      await spends.add(spend);
      if (ready.corrected) await writing.objectStore('clock').put(ready.clock, 'clock');
      return true;
    });
  }
}

function takenOf(spend: Spend): Taken {
  const { request, venue, workshops, at, left, lastDay, typed } = spend;
  return {
    request, venue, workshops, occurred_at: instant(at), typed,
    ...(left === undefined ? {} : { left }), ...(lastDay === undefined ? {} : { last_day: dayText(lastDay) }),
  };
}
