// What this device remembers of its place and habits. Never a pass and never a token.

import { fields, type Looks, parseDelivery, parseLooks, type Me, type Venue } from '../api/types.ts';
import type { Language } from '../words/index.ts';
import type { Delivery } from './attempt.ts';

/** Where storage is forbidden the page works, and forgets when it closes. */
export function storageOr(get: () => Storage): Storage {
  try {
    const storage = get();
    storage.setItem('scan.probe', '1');
    storage.removeItem('scan.probe');
    return storage;
  } catch {
    return memory();
  }
}

function memory(): Storage {
  const held = new Map<string, string>();
  return {
    get length() { return held.size; },
    clear() { held.clear(); },
    getItem: (key) => held.get(key) ?? null,
    key: (index) => [...held.keys()][index] ?? null,
    removeItem(key) { held.delete(key); },
    setItem(key, value) { held.set(key, value); },
  };
}

export class Preferences {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  get language(): Language | undefined {
    const value = this.#read('language');
    return value === 'fr' || value === 'en' ? value : undefined;
  }

  set language(value: Language | undefined) { this.#write('language', value); }

  get muted(): boolean { return this.#read('muted') === true; }

  set muted(value: boolean) { this.#write('muted', value); }

  /** The camera that was last on; nothing if it was turned off. */
  get camera(): string | undefined {
    const value = this.#read('camera');
    return typeof value === 'string' ? value : undefined;
  }

  set camera(value: string | undefined) { this.#write('camera', value); }

  get venue(): Venue | undefined {
    const f = fields(this.#read('venue'));
    const [id, name, commune] = [f?.['id'], f?.['name'], f?.['commune']];
    return typeof id === 'string' && typeof name === 'string' && typeof commune === 'string'
      ? { id, name, commune, active: true } : undefined;
  }

  set venue(value: Venue | undefined) { this.#write('venue', value); }

  get me(): Me | undefined {
    const f = fields(this.#read('me'));
    const [id, name] = [f?.['id'], f?.['name']];
    return typeof id === 'string' && typeof name === 'string' ? { id, name } : undefined;
  }

  set me(value: Me | undefined) { this.#write('me', value); }

  get looks(): Looks { return parseLooks(this.#read('looks')) ?? {}; }

  set looks(value: Looks) { this.#write('looks', value); }

  get delivery(): Delivery { return parseDelivery(this.#read('delivery')); }

  set delivery(value: Delivery) { this.#write('delivery', value); }

  #read(key: string): unknown {
    try {
      return JSON.parse(this.#storage.getItem(`scan.${key}`) ?? 'null');
    } catch {
      return undefined;
    }
  }

  #write(key: string, value: unknown): void {
    if (value === undefined) this.#storage.removeItem(`scan.${key}`);
    else this.#storage.setItem(`scan.${key}`, JSON.stringify(value));
  }
}
