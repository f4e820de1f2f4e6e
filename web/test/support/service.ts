// The service that the tests run against, and passes issued through its API for each of them.

import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import type { Login } from './demo.ts';

export const { base: BASE, people: PEOPLE, folder: FOLDER } = inject('demo');

/** The first person of the demonstration with this role. */
export function person(role: string): Login {
  const found = PEOPLE.find((one) => one.role === role);
  if (!found) throw new Error(`the demonstration has no ${role}`);
  return found;
}

async function json(response: Response): Promise<Record<string, unknown>> {
  const document: unknown = await response.json();
  if (typeof document !== 'object' || document === null) throw new Error('no document');
  if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(document)}`);
  return Object.fromEntries(Object.entries(document));
}

const tokens = new Map<string, string>();

async function agentsToken(): Promise<string> {
  const { email, password } = person('agent');
  const known = tokens.get(email);
  if (known !== undefined) return known;
  const { access_token } = await json(await fetch(`${BASE}/v1/auth/login`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password }),
  }));
  tokens.set(email, String(access_token));
  return String(access_token);
}

export interface Pass { readonly id: string; readonly code: string }

/** A new pass; its texts are bearer value and stay in memory and in temporary files. */
export async function issue(workshops = 5): Promise<Pass> {
  const headers = {
    Authorization: `Bearer ${await agentsToken()}`, 'Content-Type': 'application/json',
    'Idempotency-Key': randomUUID(),
  };
  const body = JSON.stringify({ programme: '1', workshops });
  const { voucher, paper } = await json(await fetch(`${BASE}/v1/vouchers`, { method: 'POST', headers, body }));
  const texts = typeof paper === 'object' && paper ? new Map(Object.entries(paper)) : new Map();
  return { id: String(voucher), code: String(texts.get('manual_code')) };
}

export async function qrPng({ id }: Pass): Promise<Buffer> {
  const headers = { Authorization: `Bearer ${await agentsToken()}` };
  const response = await fetch(`${BASE}/v1/vouchers/${id}/qr.png`, { headers });
  if (!response.ok) throw new Error(`QR: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Workshops that the service says are left. */
export async function leftOf({ id }: Pass): Promise<number> {
  const headers = { Authorization: `Bearer ${await agentsToken()}` };
  return Number((await json(await fetch(`${BASE}/v1/vouchers/${id}`, { headers })))['left']);
}
