// A device's own key: made here, never readable, not even by this page. Ed25519 (RFC 8032).

import { base64url, hex } from '../offline/bytes.ts';

/** A key of its own, and what others know it by. */
export interface DeviceKey {
  readonly signs: CryptoKey;
  /** The 32 bytes of the public key, in lowercase hexadecimal. */
  readonly publicKey: string;
}

/** Nothing where this browser cannot make such a key: it is too old. */
export async function makeKey(): Promise<DeviceKey | undefined> {
  try {
    const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    if (!('privateKey' in pair)) return undefined;
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    return { signs: pair.privateKey, publicKey: hex(raw) };
  } catch {
    return undefined;
  }
}

/** What is signed are lines of text: what they are for, who signs, and what for. In base64url. */
export async function sign(key: CryptoKey, ...lines: readonly string[]): Promise<string> {
  const text = new TextEncoder().encode(lines.join('\n'));
  return base64url(new Uint8Array(await crypto.subtle.sign('Ed25519', key, text)));
}
