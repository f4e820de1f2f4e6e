// Who has a copy of a voucher key of the demonstration, and the operator who hears of it: by the
// files and commands of a real installation.

import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM } from './demo.ts';
import { BASE, FOLDER } from './service.ts';

const [DEMO, BLOCKS, BLOCK_BYTES] = [join(FOLDER, 'demo'), 12, 7];
const PREFIX = Buffer.from('846a5369676e61747572653143a101275818706173732d6e756d6572697175652f766f75636865722f3154', 'hex');
/** PKCS#8 of an Ed25519 key without its public half (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The 20 signed bytes of a pass, from its 204 digits. */
function payloadOf(digits: string): Buffer {
  const bytes = Buffer.alloc(BLOCKS * BLOCK_BYTES);
  for (let i = 0; i < BLOCKS; i += 1) {
    const block = BigInt(digits.slice(17 * i, 17 * i + 17)).toString(16).padStart(2 * BLOCK_BYTES, '0');
    bytes.write(block, BLOCK_BYTES * i, 'hex');
  }
  return bytes.subarray(0, 20);
}

/** The first bytes of a key's thumbprint (RFC 7638), as passes name it. */
function kidOf(key: KeyObject): string {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('hex').slice(0, 8);
}

/** Which key signed a pass. */
export function signedBy(digits: string): string {
  return payloadOf(digits).subarray(1, 5).toString('hex');
}

function stolen(kid: string): KeyObject {
  for (const entry of readdirSync(join(DEMO, 'keys'), { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const pem = /-----BEGIN PRIVATE KEY-----([^-]+)-----END/.exec(readFileSync(join(entry.parentPath, entry.name), 'utf8'))?.[1];
    const der = Buffer.from(pem ?? '', 'base64');
    // Version and algorithm may be followed by more than the seed.
    const at = der.indexOf(Buffer.from('04220420', 'hex'));
    if (at < 0) continue;
    const key = createPrivateKey({ key: Buffer.concat([PKCS8, der.subarray(at + 4, at + 36)]), format: 'der', type: 'pkcs8' });
    if (kidOf(key) === kid) return key;
  }
  throw new Error(`no private key of ${kid}`);
}

/** What a thief makes of a pass, with the key that signed it: another one, of that number. */
export function forged(digits: string, voucher: bigint): string {
  const payload = Buffer.from(payloadOf(digits));
  payload.writeBigInt64BE(voucher, 5);
  const whole = Buffer.concat([payload, sign(null, Buffer.concat([PREFIX, payload]), stolen(signedBy(digits)))]);
  const block = (i: number): string => BigInt(`0x${whole.subarray(BLOCK_BYTES * i, BLOCK_BYTES * (i + 1)).toString('hex')}`).toString();
  return Array.from({ length: BLOCKS }, (_, i) => block(i).padStart(17, '0')).join('');
}

/** The operator declares the leak, lets another key sign, and publishes both to scanners. */
export function declareLeak(kid: string): void {
  const root = readdirSync(join(DEMO, 'root'))[0] ?? '';
  const installation = [
    '--database', `sqlite:${join(DEMO, 'pass-numerique.sqlite')}`, '--keys', join(DEMO, 'keys'), '--host', new URL(BASE).host,
  ];
  const key = (...words: readonly string[]): unknown => execFileSync(PROGRAM, ['key', ...words, ...installation]);
  key('compromise', kid);
  key('rotate', '--early', 'compromised');
  key('publish', '--root', join(DEMO, 'root', root));
}
