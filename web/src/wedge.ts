// A hand scanner types like a very fast person: this tells the two apart and takes the digits,
// whatever layouts scanner and computer are set to. No meaning of what was scanned.

/** Digits of a voucher's text, which end the address in its QR. */
export const DIGITS = 204;
/** Between two keys of a scanner; people are slower. */
const FASTEST_PERSON_MS = 60;
/** After its last key; some scanners send no Enter. */
const SILENCE_MS = 180;
/** So many fast keys are no person's. */
const SURELY = 12;

/** By the key's place on the board, so that an AZERTY layout changes nothing. */
function digit(code: string): string | undefined {
  const found = /^(?:Digit|Numpad)([0-9])$/.exec(code);
  return found?.[1];
}

export interface Key {
  code: string;
  at: number;
}

export class Wedge {
  private digits = '';
  private fast = 0;
  private last = Number.NEGATIVE_INFINITY;
  private readonly scanned: (digits: string) => void;

  constructor(scanned: (digits: string) => void) {
    this.scanned = scanned;
  }

  /** Takes a key; true when it is a scanner's, so that no field should take it too. */
  key(key: Key): boolean {
    if (/^(?:Shift|Control|Alt|Meta|CapsLock|NumLock)/.test(key.code)) return this.fast >= SURELY;
    if (key.at - this.last > FASTEST_PERSON_MS) this.forget();
    this.last = key.at;
    this.fast += 1;
    if (key.code === 'Enter' || key.code === 'NumpadEnter') {
      const scanner = this.fast > SURELY;
      this.end();
      return scanner;
    }
    this.digits += digit(key.code) ?? '';
    return this.fast >= SURELY;
  }

  /** Some time has passed: a scan without Enter is over. */
  tick(at: number): void {
    if (this.fast > 0 && at - this.last > SILENCE_MS) this.end();
  }

  private end(): void {
    // Digits of the host, a port among them, come before those of the voucher.
    const digits = this.digits.slice(-DIGITS);
    const whole = digits.length === DIGITS;
    this.forget();
    if (whole) this.scanned(digits);
  }

  private forget(): void {
    this.digits = '';
    this.fast = 0;
  }
}
