// What the service answers, checked when it arrives: a hotel's log-in page is no receipt.
// Only the fields that are shown; openapi.yaml has them all.

import { SERVICES, type Delivery } from '../scan/attempt.ts';

export interface Receipt {
  readonly id: string;
  readonly seq: string;
  readonly voucher: string;
  readonly venue: string;
  readonly workshops: number;
  readonly left: number;
  readonly last_day: string;
  readonly occurred_at: string;
  readonly reversed: boolean;
  /** It is accepted, and paid after somebody else has looked. */
  readonly held: boolean;
}

/** Why the service said no (RFC 9457); `detail` is a sentence in the language that was asked for. */
export interface Problem {
  readonly status: number;
  readonly reason: string;
  readonly detail: string;
  readonly left?: number;
  readonly day?: string;
  readonly at?: string;
  readonly venue?: string;
  /** Said by this device itself, without network. */
  readonly offline?: boolean;
}

export interface Venue {
  readonly id: string;
  readonly name: string;
  readonly commune: string;
  readonly active: boolean;
}

/** How the operator presents itself; nothing of it until it said so. */
export interface Looks {
  readonly name?: string;
  /** Where its stylesheet is, on this site. */
  readonly style?: string;
}

export interface Me {
  readonly id: string;
  readonly name: string;
}

export interface Challenge {
  readonly challenge: string;
}

export interface Redemption {
  readonly seq: string;
  readonly workshops: number;
  readonly delivery: Delivery;
  readonly occurred_at: string;
  readonly reversed: boolean;
  /** Another device took the same workshops without network. */
  readonly contested: boolean;
  /** What becomes of its payment, where somebody else looks before. */
  readonly held?: Held;
}

/** That somebody else looks before a workshop is paid, and why. */
export interface Held {
  readonly state: 'held' | 'released';
  readonly causes: readonly string[];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface Token {
  readonly access_token: string;
  readonly expires_in: number;
}

export interface Reversed {
  readonly left: number;
}

/** Reads an answer, or nothing if it is not what was asked for. */
export type Parse<T> = (value: unknown) => T | undefined;

export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value)) : undefined;
}

const STYLE = /^\/assets\/looks-[0-9a-f]+\.css$/;
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const count = (value: unknown): number | undefined =>
  (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined);

/** `undefined` out of the optional fields, so that they are missing. */
function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key of Object.keys(value)) {
    if (isKey(key, value) && value[key] !== undefined) Object.assign(kept, { [key]: value[key] });
  }
  return kept;
}

function isKey<T extends object>(key: string, value: T): key is string & keyof T {
  return key in value;
}

export const parseReceipt: Parse<Receipt> = (value) => {
  const f = fields(value);
  const [id, seq, venue, voucher] = [text(f?.['id']), text(f?.['seq']), text(f?.['venue']), text(f?.['voucher'])];
  const [workshops, left] = [count(f?.['workshops']), count(f?.['left'])];
  const [last_day, occurred_at] = [text(f?.['last_day']), text(f?.['occurred_at'])];
  if (id === undefined || seq === undefined || venue === undefined || voucher === undefined || workshops === undefined
    || left === undefined || last_day === undefined || occurred_at === undefined) return undefined;
  const causes = f?.['held'];
  const held = Array.isArray(causes) && causes.length > 0;
  return { id, seq, voucher, venue, workshops, left, last_day, occurred_at, reversed: f?.['reversed'] === true, held };
};

export const parseProblem: Parse<Problem> = (value) => {
  const f = fields(value);
  const [status, reason, detail] = [count(f?.['status']), text(f?.['reason']), text(f?.['detail'])];
  if (status === undefined || reason === undefined || detail === undefined) return undefined;
  const facts = present({
    left: count(f?.['left']), day: text(f?.['day']), at: text(f?.['at']), venue: text(f?.['venue']),
  });
  return { status, reason, detail, ...facts };
};

export const parseVenue: Parse<Venue> = (value) => {
  const f = fields(value);
  const profile = fields(f?.['profile']);
  const [id, name] = [text(f?.['id']), text(profile?.['name'])];
  if (id === undefined || name === undefined) return undefined;
  return { id, name, commune: text(profile?.['commune']) ?? '', active: f?.['active'] === true };
};

export const parseMe: Parse<Me> = (value) => {
  const f = fields(value);
  const [id, name] = [text(f?.['id']), text(f?.['name'])];
  return id === undefined || name === undefined ? undefined : { id, name };
};

export const parseChallenge: Parse<Challenge> = (value) => {
  const challenge = text(fields(value)?.['challenge']);
  return challenge === undefined ? undefined : { challenge };
};

export const parseDelivery = (value: unknown): Delivery => {
  const f = fields(value);
  return present({
    service: SERVICES.find((service) => service === f?.['service']),
    group: typeof f?.['group'] === 'boolean' ? f['group'] : undefined,
    minutes: count(f?.['minutes']),
  });
};

export const parseRedemption: Parse<Redemption> = (value) => {
  const f = fields(value);
  const [seq, workshops, occurred_at] =
    [text(f?.['seq']), count(f?.['workshops']), text(f?.['occurred_at'])];
  if (seq === undefined || workshops === undefined || occurred_at === undefined) return undefined;
  const reversed = typeof f?.['reversed_by'] === 'string';
  return {
    seq, workshops, delivery: parseDelivery(f?.['delivery']), occurred_at, reversed, contested: f?.['contested'] === true,
    ...present({ held: parseHeld(f?.['held']) }),
  };
};

/** Nothing of one that was undone: its line says so. */
export const parseHeld: Parse<Held> = (value) => {
  const f = fields(value);
  const [state, causes] = [f?.['state'], f?.['causes']];
  if (state !== 'held' && state !== 'released') return undefined;
  return { state, causes: Array.isArray(causes) ? causes.filter((one) => typeof one === 'string') : [] };
};

export const parseReversed: Parse<Reversed> = (value) => {
  const left = count(fields(value)?.['left']);
  return left === undefined ? undefined : { left };
};

export const parseToken: Parse<Token> = (value) => {
  const f = fields(value);
  const [access_token, expires_in] = [text(f?.['access_token']), count(f?.['expires_in'])];
  return access_token === undefined || expires_in === undefined
    ? undefined : { access_token, expires_in };
};

export const parseLooks: Parse<Looks> = (value) => {
  const f = fields(value);
  const [name, style] = [text(f?.['name']), text(f?.['style'])];
  if (f === undefined || (style !== undefined && !STYLE.test(style))) return undefined;
  return { ...(name === undefined ? {} : { name }), ...(style === undefined ? {} : { style }) };
};

/** A list whose every item can be read. */
export function every<T>(items: unknown, item: Parse<T>): T[] | undefined {
  if (!Array.isArray(items)) return undefined;
  const read: T[] = [];
  for (const one of items) {
    const parsed = item(one);
    if (parsed === undefined) return undefined;
    read.push(parsed);
  }
  return read;
}

/** A page of a list. */
export function parsePage<T>(item: Parse<T>): Parse<Page<T>> {
  return (value) => {
    const f = fields(value);
    const items = every(f?.['items'], item);
    return items === undefined ? undefined : { items, ...present({ next: text(f?.['next']) }) };
  };
}
