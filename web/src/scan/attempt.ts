// One attempt to redeem: what is sent, under an id that is made before and never changes.

export type Service = (typeof SERVICES)[number];

/** The official services, in the order that people see. */
export const SERVICES = [
  'administrative_help', 'everyday_tools', 'employment', 'security', 'parenting', 'leisure',
  'understanding', 'access', 'affordable_equipment',
] as const;

export const MOST_WORKSHOPS = 10;
export const LONGEST_MINUTES = 720;

/** What was delivered; all of it optional. */
export interface Delivery {
  readonly service?: Service;
  readonly group?: boolean;
  readonly minutes?: number;
}

/** The body of POST /v1/redemptions, but for the id. */
export interface Redeeming extends Delivery {
  readonly venue: string;
  /** The 204 digits of the QR, or the manual code. Bearer value: never logged. */
  readonly code: string;
  readonly workshops: number;
}

export interface Attempt {
  /** UUIDv7: the same on every repetition, so that none counts twice. */
  readonly id: string;
  /** The account that scanned: nobody else sends it. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  readonly redeeming: Redeeming;
}

/** A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then random bits. */
export function uuid7(nowMs: number, random: Uint8Array): string {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => random[i] ?? 0);
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(nowMs / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function newId(): string {
  return uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
}
