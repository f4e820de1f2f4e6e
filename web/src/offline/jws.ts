// A compact JWS (RFC 7515) with EdDSA (RFC 8037): the signature first, then what it says.

import { fields, type Fields } from '../api/types.ts';
import { type Bytes, fromBase64url, utf8 } from './bytes.ts';
import { verifies } from './verify.ts';

/** The members of a JWS of this type that the key signed, whatever its header says of keys. */
export async function readJws(text: string, type: string, publicKey: Bytes): Promise<Fields | undefined> {
  const [header, claims, signature, ...more] = text.split('.');
  if (header === undefined || claims === undefined || signature === undefined || more.length > 0) return undefined;
  const signed = fromBase64url(signature);
  if (!signed || !await verifies(publicKey, signed, utf8(`${header}.${claims}`))) return undefined;
  const head = document(header);
  if (head?.['alg'] !== 'EdDSA' || head['typ'] !== type || 'crit' in head) return undefined;
  return document(claims);
}

function document(part: string): Fields | undefined {
  const bytes = fromBase64url(part);
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return fields(value);
  } catch {
    return undefined;
  }
}
