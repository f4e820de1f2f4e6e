// The genuine passes of a key that leaked: its signature proves nothing any more, a place in the
// signed list does (docs/algorithms/devices.md). 16 bytes a pass, in the pages they came in.

import { type Bytes, hex, joined, sha256, utf8 } from './bytes.ts';
import { atOnce, type Database } from './database.ts';
import type { VoucherKey } from './key-set.ts';
import { verifies } from './verify.ts';

const PREFIX = utf8('pass-numerique/genuine/1\n');
const VERSION = 1;
const SIGNATURE_BYTES = 64;
const MARK_BYTES = 16;
/** Version, two kids, three numbers of 8 bytes, and the number of passes. */
const HEAD_BYTES = 37;

export interface GenuinePage {
  readonly leaked: string;
  readonly device: bigint;
  /** Where it goes on; 0: this is the last. */
  readonly next: bigint;
  readonly marks: Bytes;
}

/** How far the list of a key is here. */
export interface Leaked {
  readonly next: string;
  readonly pages: number;
  readonly whole: boolean;
  /** Whose passes it tells of: those of the programmes that the device served when it asked. */
  readonly programmes: readonly number[];
}

/** A page that a key signed which did not leak itself; nothing if it is not one. */
export async function readGenuine(page: Bytes, keys: readonly VoucherKey[]): Promise<GenuinePage | undefined> {
  if (page.length < HEAD_BYTES + SIGNATURE_BYTES) return undefined;
  const bytes = page.slice(0, page.length - SIGNATURE_BYTES);
  const signature = page.slice(page.length - SIGNATURE_BYTES);
  const kid = hex(bytes.slice(1, 5));
  const may = keys.filter((key) => key.kid === kid && (key.state === 'active' || key.state === 'retired'));
  let good = false;
  for (const key of may) good ||= await verifies(key.publicKey, signature, joined(PREFIX, bytes));
  const view = new DataView(bytes.buffer);
  if (!good || view.getUint8(0) !== VERSION || HEAD_BYTES + MARK_BYTES * view.getUint32(33) !== bytes.length) return undefined;
  return { leaked: hex(bytes.slice(5, 9)), device: view.getBigInt64(9), next: view.getBigInt64(17), marks: bytes.slice(HEAD_BYTES) };
}

export class Genuine {
  readonly #database: Database;
  readonly #device: string;

  constructor(database: Database, device: string) {
    this.#database = database;
    this.#device = device;
  }

  /** What to ask for next of the list of a key; nothing when it is whole for these programmes. */
  async query(kid: string, programmes: readonly number[]): Promise<string | undefined> {
    const { next, whole } = begun(await this.#database.get('leaked', kid), programmes);
    return whole ? undefined : asking(kid, next);
  }

  /** Takes a page that was asked for so; false where it is another's, or another window was faster. */
  take(page: GenuinePage, kid: string, asked: string, programmes: readonly number[]): Promise<boolean> {
    return atOnce(this.#database, ['leaked', 'marks'], async (writing) => {
      const before = begun(await writing.objectStore('leaked').get(kid), programmes);
      if (page.leaked !== kid || page.device !== BigInt(this.#device) || before.whole || asking(kid, before.next) !== asked) return false;
      await writing.objectStore('marks').put(page.marks, [kid, before.pages]);
      const next = { next: String(page.next), pages: before.pages + 1, whole: page.next === 0n, programmes };
      await writing.objectStore('leaked').put(next, kid);
      return true;
    });
  }

  /** Whether the 20 signed bytes of a pass are in the list of its key, as far as it is here. */
  async has(kid: string, payload: Bytes): Promise<boolean> {
    const mark = (await sha256(payload)).slice(0, MARK_BYTES);
    for (const marks of await this.#database.getAll('marks', IDBKeyRange.bound([kid, 0], [kid, Infinity]))) {
      for (let at = 0; at < marks.length; at += MARK_BYTES) {
        if (mark.every((byte, i) => marks[at + i] === byte)) return true;
      }
    }
    return false;
  }
}

function asking(kid: string, next: string): string {
  return next === '0' ? kid : `${kid}?number=${next}`;
}

/** Other programmes have other passes: the list is asked for anew, and what came stays in use. */
function begun(before: Leaked | undefined, programmes: readonly number[]): Leaked {
  const { next, pages, whole } = before ?? { next: '0', pages: 0, whole: false };
  const asked = new Set(before?.programmes);
  const same = asked.size === programmes.length && programmes.every((id) => asked.has(id));
  return same ? { next, pages, whole, programmes } : { next: '0', pages, whole: false, programmes };
}
