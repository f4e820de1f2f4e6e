// The service that the tests run against, and passes issued through its API for each of them.

import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import type { Login } from './demo.ts';

export const { base: BASE, people: PEOPLE, links: LINKS, folder: FOLDER } = inject('demo');

/** The first person of the demonstration with this role. */
export function person(role: string): Login {
  const found = PEOPLE.find((one) => one.role === role);
  if (!found) throw new Error(`the demonstration has no ${role}`);
  return found;
}

async function json(response: Response): Promise<Record<string, unknown>> {
  const document: unknown = response.status === 204 ? {} : await response.json();
  if (typeof document !== 'object' || document === null) throw new Error('no document');
  if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(document)}`);
  return Object.fromEntries(Object.entries(document));
}

const tokens = new Map<string, string>();

async function tokenOf(role: string): Promise<string> {
  const { email, password } = person(role);
  const known = tokens.get(email);
  if (known !== undefined) return known;
  const { access_token } = await json(await fetch(`${BASE}/v1/auth/login`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password }),
  }));
  tokens.set(email, String(access_token));
  return String(access_token);
}

/** What the API answers to somebody of this role. */
export async function api(
  role: string, method: string, path: string, body?: unknown,
): Promise<Record<string, unknown>> {
  const headers = {
    Authorization: `Bearer ${await tokenOf(role)}`, 'Content-Type': 'application/json',
    'Idempotency-Key': randomUUID(),
  };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return json(await fetch(BASE + path, { method, headers, ...sent }));
}

export interface Pass { readonly id: string; readonly code: string }

/** A new pass; its texts are bearer value and stay in memory and in temporary files. */
export async function issue(workshops = 5): Promise<Pass> {
  const { voucher, paper } = await api('agent', 'POST', '/v1/vouchers', { programme: '1', workshops });
  const texts = typeof paper === 'object' && paper ? new Map(Object.entries(paper)) : new Map();
  return { id: String(voucher), code: String(texts.get('manual_code')) };
}

export async function qrPng({ id }: Pass): Promise<Buffer> {
  const headers = { Authorization: `Bearer ${await tokenOf('agent')}` };
  const response = await fetch(`${BASE}/v1/vouchers/${id}/qr.png`, { headers });
  if (!response.ok) throw new Error(`QR: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Workshops that the service says are left. */
export async function leftOf({ id }: Pass): Promise<number> {
  return Number((await api('agent', 'GET', `/v1/vouchers/${id}`))['left']);
}
