// A hand scanner that plugs in as a keyboard: from its keys to the text of a pass.
// Pure: times come in, no page and no events here. Digits are read from the place of the key, so
// that the layout of the computer and that of the scanner need not agree.

import { passDigits } from './pass-text.ts';

/** What the parser needs of a KeyboardEvent. */
export interface Key {
  readonly code: string;
  readonly key: string;
  /** Milliseconds on any steady clock. */
  readonly at: number;
  readonly repeat?: boolean;
  readonly altKey?: boolean;
}

export type Scan =
  | { readonly kind: 'pass'; readonly digits: string }
  | { readonly kind: 'unreadable' };

/** What became of a key. `machine`: no person types like this, keep it from the page. */
export interface Heard {
  readonly machine: boolean;
  readonly scan?: Scan;
}

/** The slowest scanners, over Bluetooth, leave some 60 ms between two keys. */
export const LONGEST_GAP_MS = 120;
/** Silence after which a scan without Enter is at its end. */
export const SILENCE_MS = 150;
/** An Enter that comes after the silence still belongs to the scan. */
const LATE_ENTER_MS = 400;
/** So many keys at this pace are a machine's: nobody types 5 keys in a tenth of a second. */
const MACHINE_KEYS = 5;
const MACHINE_GAP_MS = 35;
/** Shorter runs of keys say nothing, not even that they were unreadable. */
const SHORTEST_SCAN = 12;
/** More than any scan sends; what lies before the last ones does not count. */
const LONGEST_SCAN = 2048;

const QUIET: Heard = { machine: false };

export class Wedge {
  #keys: string[] = [];
  #quick = 0;
  #lastAt = -Infinity;
  #endedAt = -Infinity;
  #altDigits = '';

  /** Takes a key that went down. */
  press(key: Key): Heard {
    if (key.repeat) return { machine: this.#machine(key.at) };
    if (key.key === 'Enter' || key.key === 'Tab') return this.#end(key.at);
    const symbol = this.#symbol(key);
    if (symbol === undefined) return { machine: this.#machine(key.at) };
    this.#take(symbol, key.at);
    return { machine: this.#machine(key.at) };
  }

  /** Takes a key that went up: Alt ends a character that was sent by its number. */
  release(key: Key): void {
    if (key.key !== 'Alt' || this.#altDigits === '') return;
    const character = String.fromCharCode(Number(this.#altDigits));
    this.#altDigits = '';
    this.#take(character, key.at);
  }

  /** To be asked after `SILENCE_MS` without a key. */
  silence(at: number): Heard {
    return at - this.#lastAt < SILENCE_MS ? QUIET : this.#finish(at);
  }

  /** Whether keys are waiting for their end. */
  get waiting(): boolean {
    return this.#keys.length > 0;
  }

  #take(symbol: string, at: number): void {
    const gap = at - this.#lastAt;
    if (gap > LONGEST_GAP_MS) {
      this.#keys = [];
      this.#quick = 0;
    } else if (gap <= MACHINE_GAP_MS) {
      this.#quick += 1;
    }
    this.#lastAt = at;
    this.#keys.push(symbol);
    if (this.#keys.length > LONGEST_SCAN) this.#keys.shift();
  }

  /** Whether the keys so far came from a machine: nearly all at its pace. */
  #machine(at: number): boolean {
    if (at - this.#lastAt > LONGEST_GAP_MS) return false;
    return this.#quick >= MACHINE_KEYS - 1 && this.#quick >= 0.7 * (this.#keys.length - 1);
  }

  #end(at: number): Heard {
    if (at - this.#lastAt > LONGEST_GAP_MS) {
      const late = at - this.#endedAt <= LATE_ENTER_MS;
      this.#endedAt = -Infinity;
      return late ? { machine: true } : QUIET;
    }
    const ended = this.#finish(at);
    this.#endedAt = -Infinity;
    return ended;
  }

  #finish(at: number): Heard {
    const text = this.#keys.join('');
    const machine = this.#machine(this.#lastAt);
    const enough = this.#keys.length >= SHORTEST_SCAN;
    this.#keys = [];
    this.#quick = 0;
    const digits = enough ? passDigits(text) : undefined;
    if (digits !== undefined) {
      this.#endedAt = at;
      return { machine: true, scan: { kind: 'pass', digits } };
    }
    if (!machine || !enough) return QUIET;
    this.#endedAt = at;
    return { machine: true, scan: { kind: 'unreadable' } };
  }

  /** The character of a key: a digit by its place, others as the layout has them. */
  #symbol(key: Key): string | undefined {
    const place = /^(?:Digit|Numpad)([0-9])$/.exec(key.code);
    if (key.altKey) {
      // Scanners that send each character by its number, as `Alt` + 0 4 8.
      if (place && key.code.startsWith('Numpad')) this.#altDigits += place[1] ?? '';
      return undefined;
    }
    if (place) return place[1];
    // The slash before the digits, wherever the layout of the computer has it.
    if (key.code === 'Slash') return '/';
    return [...key.key].length === 1 ? key.key : undefined;
  }
}
