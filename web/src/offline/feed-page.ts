// One page of the feed: its bytes (docs/algorithms/devices.md), read after its signature is checked.

import { type Bytes, hex, joined, utf8 } from './bytes.ts';
import { type VoucherKey } from './key-set.ts';
import { verifies } from './verify.ts';

export const ENTRY_BYTES = 11;
const PREFIX = utf8('pass-numerique/feed/1\n');
const VERSION = 1;
const SIGNATURE_BYTES = 64;
/** Version, kid, and five numbers of 8 bytes. */
const HEAD_BYTES = 45;

export interface FeedPage {
  readonly device: bigint;
  readonly after: bigint;
  readonly until: bigint;
  /** Where it goes on; 0: this is the last. */
  readonly next: bigint;
  /** The service's time, in milliseconds since 1970. */
  readonly at: number;
  readonly programmes: readonly number[];
  /** 11 bytes a voucher, as they came. */
  readonly entries: Bytes;
}

/** A page that one of the keys signed; nothing if it is not one. */
export async function readPage(page: Bytes, keys: readonly VoucherKey[]): Promise<FeedPage | undefined> {
  if (page.length < HEAD_BYTES + SIGNATURE_BYTES) return undefined;
  const bytes = page.slice(0, page.length - SIGNATURE_BYTES);
  const signature = page.slice(page.length - SIGNATURE_BYTES);
  const kid = hex(bytes.slice(1, 5));
  const signed = joined(PREFIX, bytes);
  const may = keys.filter((key) => key.kid === kid && (key.state === 'active' || key.state === 'retired'));
  let good = false;
  for (const key of may) good ||= await verifies(key.publicKey, signature, signed);
  return good ? fieldsOf(bytes) : undefined;
}

function fieldsOf(bytes: Bytes): FeedPage | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint8(0) !== VERSION) return undefined;
  const number = (place: number): bigint => view.getBigInt64(5 + 8 * place);
  let at = HEAD_BYTES;
  if (at + 2 > bytes.length) return undefined;
  const programmes: number[] = [];
  const count = view.getUint16(at);
  at += 2;
  if (at + 2 * count + 4 > bytes.length) return undefined;
  for (let i = 0; i < count; i += 1, at += 2) programmes.push(view.getUint16(at));
  const entries = view.getUint32(at);
  at += 4;
  if (at + entries * ENTRY_BYTES !== bytes.length) return undefined;
  return {
    device: number(0), after: number(1), until: number(2), next: number(3),
    at: Number(number(4) / 1000n), programmes, entries: bytes.slice(at),
  };
}
