// Starts a demonstration of the real program before the tests, and stops it after them. Without
// what it needs, it says so and fails: nothing is skipped in silence.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

export interface Login { readonly role: string; readonly email: string; readonly password: string }
/** What messages about a pass would lead to. */
export interface Links { readonly pass: string; readonly stop: string }
export interface Demo {
  readonly base: string;
  readonly people: readonly Login[];
  readonly links: Links;
  readonly folder: string;
}

declare module 'vitest' {
  interface ProvidedContext { demo: Demo }
}

export const PROGRAM = process.env['PASS_NUMERIQUE'] ?? join(import.meta.dirname, '../../../target/debug/pass-numerique');
const LONGEST_MS = 180_000;

export default async function setup(project: TestProject): Promise<() => void> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not built: cargo build, or name it in PASS_NUMERIQUE`);
  const folder = mkdtempSync(join(tmpdir(), 'pass-numerique-browser-'));
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(PROGRAM, ['demo', '--folder', join(folder, 'demo'), '--listen', listen], { stdio: 'ignore' });
  const stop = (): void => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(child, `http://${listen}/readyz`);
    const notes = readFileSync(join(folder, 'demo', 'read-me-first.txt'), 'utf8');
    const base = `http://${listen}`;
    await manyPasses(base, logins(notes));
    project.provide('demo', { base, people: logins(notes), links: links(notes), folder });
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

async function answers(child: ChildProcess, address: string): Promise<void> {
  const until = Date.now() + LONGEST_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the demonstration ended with ${child.exitCode}`);
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => { setTimeout(resolve, 300); });
  }
  throw new Error(`${address} does not answer`);
}

/** All tests together issue more passes than one agent hands out in a day. */
async function manyPasses(base: string, people: readonly Login[]): Promise<void> {
  const operator = people.find(({ role }) => role === 'operator');
  const json = { 'Content-Type': 'application/json' };
  const { access_token } = await (await fetch(`${base}/v1/auth/login`, {
    method: 'POST', headers: json, body: JSON.stringify({ email: operator?.email, password: operator?.password }),
  })).json() as { access_token: string };
  const headers = { ...json, Authorization: `Bearer ${access_token}`, 'Idempotency-Key': randomUUID() };
  const { name, terms } = await (await fetch(`${base}/v1/programmes/1`, { headers })).json() as { name: string; terms: object };
  const body = JSON.stringify({ name, terms: { ...terms, agent_daily_limit: 1_000 } });
  const amended = await fetch(`${base}/v1/programmes/1`, { method: 'PATCH', headers, body });
  if (!amended.ok) throw new Error(`the programme was not amended: ${amended.status}`);
}

/** The log-ins that the demonstration writes down, one per line: role, address, password. */
function logins(text: string): Login[] {
  return [...text.matchAll(/^ +(\w+) +(\S+@\S+) +(\S+)$/gm)]
    .map(([, role = '', email = '', password = '']) => ({ role, email, password }));
}

/** The places of the short links that the demonstration writes down. */
function links(text: string): Links {
  const place = (path: string): string => {
    const found = new RegExp(`/${path}/[\\w-]{22}`).exec(text)?.[0];
    if (found === undefined) throw new Error(`the demonstration has no link to /${path}/`);
    return found;
  };
  return { pass: place('s'), stop: place('stop') };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => { resolve(typeof address === 'object' && address ? address.port : 0); });
    });
  });
}
