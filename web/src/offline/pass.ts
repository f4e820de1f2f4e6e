// A pass as it was scanned: its 84 bytes, its signature, and only then what it says. The same checks
// in the same order as the service's src/domain/key.rs and src/domain/voucher/payload.rs.

import { DIGITS } from '../read/pass-text.ts';
import { type Bytes, hex, joined, utf8 } from './bytes.ts';
import { covers, type VoucherKey } from './key-set.ts';
import { verifies } from './verify.ts';

const BLOCK_DIGITS = 17;
const BLOCK_BYTES = 7;
const PAYLOAD_BYTES = 20;
const SIGNED_BYTES = 84;
/** The head of the COSE `Sig_structure` (RFC 9052) with `pass-numerique/voucher/1`. */
const PREFIX = joined(
  Uint8Array.of(0x84, 0x6a), utf8('Signature1'), Uint8Array.of(0x43, 0xa1, 0x01, 0x27, 0x58, 0x18),
  utf8('pass-numerique/voucher/1'), Uint8Array.of(0x54),
);

export interface Payload {
  /** Printed ahead: its real dates stand in the feed alone. */
  readonly stock: boolean;
  readonly voucher: bigint;
  readonly programme: number;
  readonly workshops: number;
  /** Days since 1970, inclusive. */
  readonly firstDay: number;
  readonly lastDay: number;
}

export type Unverified = 'code_malformed' | 'key_unknown' | 'signature_invalid' | 'key_not_valid';

export type Checked =
  | { readonly kind: 'pass'; readonly payload: Payload }
  | { readonly kind: 'refused'; readonly reason: Unverified };

/** The bytes of 204 digits; nothing where a block is too large. */
export function decode(digits: string): Bytes | undefined {
  if (digits.length !== DIGITS || !/^[0-9]+$/.test(digits)) return undefined;
  const bytes = new Uint8Array(SIGNED_BYTES);
  for (let block = 0; block < DIGITS / BLOCK_DIGITS; block += 1) {
    let number = BigInt(digits.slice(block * BLOCK_DIGITS, (block + 1) * BLOCK_DIGITS));
    for (let at = BLOCK_BYTES - 1; at >= 0; at -= 1) {
      bytes[block * BLOCK_BYTES + at] = Number(number & 0xffn);
      number >>= 8n;
    }
    if (number > 0n) return undefined;
  }
  return bytes;
}

/** Whether a pass of a key that leaked is one of those that the service issued. */
export type IsGenuine = (kid: string, payload: Bytes) => Promise<boolean>;

export async function check(
  digits: string, keys: readonly VoucherKey[], genuine: IsGenuine = () => Promise.resolve(false),
): Promise<Checked> {
  const bytes = decode(digits);
  if (!bytes) return refused('code_malformed');
  const payload = bytes.slice(0, PAYLOAD_BYTES);
  const [format] = payload;
  if (format !== 1 && format !== 2) return refused('code_malformed');
  const kid = hex(payload.slice(1, 5));
  const named = keys.filter((key) => key.kid === kid);
  if (named.length === 0) return refused('key_unknown');
  const by = await signer(named, bytes.slice(PAYLOAD_BYTES), joined(PREFIX, payload));
  if (!by) return refused('signature_invalid');
  const read = fieldsOf(payload);
  if (!read) return refused('code_malformed');
  if (by.state === 'compromised') {
    return await genuine(kid, payload) ? { kind: 'pass', payload: read } : refused('key_not_valid');
  }
  const vouches = (by.state === 'active' || by.state === 'retired') && covers(by, read.firstDay);
  return vouches ? { kind: 'pass', payload: read } : refused('key_not_valid');
}

/** Two keys may share a kid: both are tried. */
async function signer(keys: readonly VoucherKey[], signature: Bytes, signed: Bytes): Promise<VoucherKey | undefined> {
  for (const key of keys) if (await verifies(key.publicKey, signature, signed)) return key;
  return undefined;
}

/** To be read only of bytes whose signature is good. */
function fieldsOf(payload: Bytes): Payload | undefined {
  const view = new DataView(payload.buffer, payload.byteOffset);
  const voucher = view.getBigInt64(5);
  const [programme, workshops] = [view.getUint16(13), view.getUint8(15)];
  const [firstDay, lastDay] = [view.getUint16(16), view.getUint16(18)];
  if (voucher < 0n || programme < 1 || workshops < 1 || workshops > 10 || firstDay > lastDay) return undefined;
  return { stock: view.getUint8(0) === 2, voucher, programme, workshops, firstDay, lastDay };
}

function refused(reason: Unverified): Checked {
  return { kind: 'refused', reason };
}
