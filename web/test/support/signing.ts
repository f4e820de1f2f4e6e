// A service's keys in the tests of parts: signs passes, key sets and feed pages as the service does.

import { base64url, type Bytes, hex, joined, sha256, utf8 } from '../../src/offline/bytes.ts';
import { dayText } from '../../src/offline/days.ts';
import type { KeyState, VoucherKey } from '../../src/offline/key-set.ts';
import type { Payload } from '../../src/offline/pass.ts';

export interface Pair { readonly signs: CryptoKey; readonly publicKey: Bytes; readonly kid: string }

export async function pair(): Promise<Pair> {
  const made = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  if (!('privateKey' in made)) throw new Error('no pair');
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', made.publicKey));
  const thumbprint = await sha256(utf8(`{"crv":"Ed25519","kty":"OKP","x":"${base64url(publicKey)}"}`));
  return { signs: made.privateKey, publicKey, kid: hex(thumbprint.slice(0, 4)) };
}

export function keyOf({ publicKey, kid }: Pair, state: KeyState = 'active', firstDay = 0, lastDay?: number): VoucherKey {
  return { kid, publicKey, state, firstDay, lastDay };
}

async function sign(by: Pair, bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', by.signs, bytes));
}

const PREFIX = Buffer.from('846a5369676e61747572653143a101275818706173732d6e756d6572697175652f766f75636865722f3154', 'hex');

/** The 204 digits of a pass. */
export async function pass(by: Pair, payload: Payload): Promise<string> {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, payload.stock ? 2 : 1);
  bytes.set(Buffer.from(by.kid, 'hex'), 1);
  view.setBigInt64(5, payload.voucher);
  view.setUint16(13, payload.programme);
  view.setUint8(15, payload.workshops);
  view.setUint16(16, payload.firstDay);
  view.setUint16(18, payload.lastDay);
  const whole = joined(bytes, await sign(by, joined(PREFIX, bytes)));
  const blocks = Array.from({ length: 12 }, (_, i) => BigInt(`0x${hex(whole.slice(7 * i, 7 * i + 7))}`));
  return blocks.map((block) => String(block).padStart(17, '0')).join('');
}

export interface SetOf { issuer?: string; sequence?: number; iat?: number; exp?: number; type?: string; more?: object }

export async function keySet(root: Pair, keys: readonly VoucherKey[], of: SetOf = {}): Promise<string> {
  const { issuer = 'https://pass.exemple.fr', sequence = 1, iat = 1_795_000_000, exp = iat + 35 * 86_400 } = of;
  const part = (value: object): string => base64url(utf8(JSON.stringify(value)));
  const header = part({ alg: 'EdDSA', kid: 'x', typ: of.type ?? 'passnum-keys+jwt', ...of.more });
  const claims = part({
    iss: issuer, seq: sequence, iat, exp, keys: keys.map(({ kid, publicKey, state, firstDay, lastDay }) => ({
      kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey), voucher_kid: kid, state,
      signs_from: dayText(firstDay), signs_until: lastDay === undefined ? null : dayText(lastDay),
    })),
  });
  const input = `${header}.${claims}`;
  return `${input}.${base64url(await sign(root, utf8(input)))}`;
}

export interface Told { readonly voucher: bigint; readonly left: number; readonly lastDay: number }

export function entriesOf(told: readonly Told[]): Bytes {
  return joined(...told.map(({ voucher, left, lastDay }) => {
    const bytes = new Uint8Array(11);
    const view = new DataView(bytes.buffer);
    view.setBigInt64(0, voucher);
    view.setUint8(8, left);
    view.setUint16(9, lastDay);
    return bytes;
  }));
}

/** A page of the genuine passes of a key that leaked. */
export async function genuinePage(by: Pair, leaked: string, marks: readonly Bytes[], next = 0n, device = 12n): Promise<Bytes> {
  const head = new Uint8Array(37);
  const view = new DataView(head.buffer);
  head[0] = 1;
  head.set(Buffer.from(by.kid, 'hex'), 1);
  head.set(Buffer.from(leaked, 'hex'), 5);
  [device, next, 1_795_000_000_000_000n].forEach((number, i) => { view.setBigInt64(9 + 8 * i, number); });
  view.setUint32(33, marks.length);
  const bytes = joined(head, ...marks);
  return joined(bytes, await sign(by, joined(utf8('pass-numerique/genuine/1\n'), bytes)));
}

export interface PageOf {
  device?: bigint; after?: bigint; until: bigint; next?: bigint; at?: number; programmes?: number[]; told?: Told[];
}

export async function feedPage(by: Pair, of: PageOf): Promise<Bytes> {
  const { device = 12n, after = 0n, until, next = 0n, at = 1_795_000_000_000, programmes = [7], told = [] } = of;
  const head = new Uint8Array(45 + 2 + 2 * programmes.length + 4);
  const view = new DataView(head.buffer);
  head[0] = 1;
  head.set(Buffer.from(by.kid, 'hex'), 1);
  [device, after, until, next, BigInt(at) * 1000n].forEach((number, i) => { view.setBigInt64(5 + 8 * i, number); });
  view.setUint16(45, programmes.length);
  programmes.forEach((programme, i) => { view.setUint16(47 + 2 * i, programme); });
  view.setUint32(47 + 2 * programmes.length, told.length);
  const bytes = joined(head, entriesOf(told));
  return joined(bytes, await sign(by, joined(utf8('pass-numerique/feed/1\n'), bytes)));
}
