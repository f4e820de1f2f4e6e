// One request and what became of it. Nothing is thrown: no answer is a value too.

import { parseProblem, type Parse, type Problem } from './types.ts';

export type Outcome<T> =
  | {
      readonly kind: 'ok';
      readonly value: T;
      /** By the clock of this browser. */
      readonly sentAt?: number;
      readonly receivedAt?: number;
    }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | {
      readonly kind: 'failed';
      readonly cause: 'network' | 'timeout' | 'busy' | 'signed_out' | 'forbidden';
      readonly detail?: string;
      readonly retryAfterMs?: number;
      /** The service is there, and was asked too often. */
      readonly limited?: boolean;
    };

export interface Asking {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

export const TIMEOUT_MS = 10_000;
const LONGEST_WAIT_MS = 60_000;

export function ask<T>(asking: Asking, parse: Parse<T>): Promise<Outcome<T>> {
  return send(asking, 'application/json', (response) => read(response, parse));
}

/** The bytes of an answer of this type. */
export function askBytes(asking: Asking, type: string): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  return send(asking, type, async (response) => {
    const told = response.headers.get('Content-Type') ?? '';
    if (!response.ok || !told.startsWith(type)) return read<Uint8Array<ArrayBuffer>>(response, () => undefined);
    return { kind: 'ok', value: new Uint8Array(await response.arrayBuffer()) };
  });
}

async function send<T>(
  asking: Asking, accept: string, read: (response: Response) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const { method, path, body, timeoutMs = TIMEOUT_MS } = asking;
  const headers: Record<string, string> = { Accept: accept, ...asking.headers };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const sentAt = Date.now();
  try {
    const response = await fetch(path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const receivedAt = Date.now();
    const outcome = await read(response);
    return outcome.kind === 'ok' ? { ...outcome, sentAt, receivedAt } : outcome;
  } catch (error) {
    const timeout = error instanceof DOMException && error.name === 'TimeoutError';
    return { kind: 'failed', cause: timeout ? 'timeout' : 'network' };
  }
}

/** Whether the service was there to answer, whatever it said. */
export function answered(outcome: { kind: string; cause?: string; limited?: boolean }): boolean {
  return outcome.kind !== 'failed' || outcome.cause === 'signed_out' || outcome.cause === 'forbidden' || outcome.limited === true;
}

async function read<T>(response: Response, parse: Parse<T>): Promise<Outcome<T>> {
  if (response.status === 204) return parsed(parse(undefined));
  if (response.status === 401) return { kind: 'failed', cause: 'signed_out' };
  const type = response.headers.get('Content-Type') ?? '';
  // Not the service's words: a proxy, or a network that wants a log-in first.
  if (!type.includes('json')) return { kind: 'failed', cause: response.ok ? 'network' : 'busy' };
  const document: unknown = await response.json();
  if (response.ok) return parsed(parse(document));
  const problem = parseProblem(document);
  if (problem === undefined) return { kind: 'failed', cause: 'busy' };
  // Too many, or unwell: not about this request, which is worth sending again.
  if (response.status === 429 || response.status >= 500) {
    return {
      kind: 'failed', cause: 'busy', detail: problem.detail, limited: response.status === 429,
      ...waiting(response.headers.get('Retry-After')),
    };
  }
  return { kind: 'problem', problem };
}

function parsed<T>(value: T | undefined): Outcome<T> {
  return value === undefined ? { kind: 'failed', cause: 'network' } : { kind: 'ok', value };
}

function waiting(seconds: string | null): { retryAfterMs?: number } {
  const ms = Number(seconds ?? NaN) * 1000;
  return Number.isFinite(ms) && ms > 0 ? { retryAfterMs: Math.min(ms, LONGEST_WAIT_MS) } : {};
}
