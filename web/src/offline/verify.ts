// Whether an Ed25519 signature (RFC 8032) is good, by the browser's own cryptography.

import { type Bytes, hex } from './bytes.ts';

const PUBLIC_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Keys as the browser holds them, by their bytes: a key set has few. */
const imported = new Map<string, Promise<CryptoKey>>();

/** False for whatever is no key or no signature, too. */
export async function verifies(publicKey: Bytes, signature: Bytes, signed: Bytes): Promise<boolean> {
  if (publicKey.length !== PUBLIC_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  const name = hex(publicKey);
  const key = imported.get(name)
    ?? crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
  imported.set(name, key);
  try {
    return await crypto.subtle.verify('Ed25519', await key, signature, signed);
  } catch {
    imported.delete(name);
    return false;
  }
}
