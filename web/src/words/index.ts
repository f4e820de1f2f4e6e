// Says sentences in the language of the person: which one, the forms by number, days and times.

import { en } from './en.ts';
import { fr, type Words } from './fr.ts';

export type Language = 'fr' | 'en';
export type Key = keyof Words;
export type Filling = Readonly<Record<string, string | number>>;

const ALL: Readonly<Record<Language, Words>> = { fr, en };

/** The first of the browser's languages that there is; French if there is none. */
export function preferred(languages: readonly string[]): Language {
  for (const tag of languages) {
    const language = tag.slice(0, 2).toLowerCase();
    if (language === 'fr' || language === 'en') return language;
  }
  return 'fr';
}

export class Speech {
  readonly language: Language;
  readonly #plural: Intl.PluralRules;

  constructor(language: Language) {
    this.language = language;
    this.#plural = new Intl.PluralRules(language);
  }

  /** The sentence of a key; `n` picks its form. */
  say = (key: Key, filling: Filling = {}): string => {
    const sentence = ALL[this.language][key];
    const n = Number(filling['n'] ?? 0);
    const form = this.#plural.select(n) === 'one' ? 'one' : 'other';
    const text = typeof sentence === 'string' ? sentence : sentence[form];
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(filling[name] ?? whole));
  };

  /** Whether there is a sentence of this name. */
  has = (name: string): name is Key => Object.hasOwn(ALL[this.language], name);

  /** An age, in the largest unit that says enough. */
  age(ms: number): string {
    const minutes = Math.floor(ms / 60_000);
    if (minutes < 1) return this.say('age_now');
    if (minutes < 60) return this.say('age_minutes', { n: minutes });
    if (minutes < 48 * 60) return this.say('age_hours', { n: Math.floor(minutes / 60) });
    return this.say('age_days', { n: Math.floor(minutes / 1440) });
  }

  /** A calendar day of the service, `2026-11-23`, whatever the zone of this computer. */
  day(day: string): string {
    return this.#format(`${day}T00:00:00Z`, { dateStyle: 'long', timeZone: 'UTC' });
  }

  /** The hour and minute of a moment, here. */
  time(instant: string): string {
    return this.#format(instant, { timeStyle: 'short' });
  }

  moment(instant: string): string {
    return this.#format(instant, { dateStyle: 'long', timeStyle: 'short' });
  }

  #format(text: string, options: Intl.DateTimeFormatOptions): string {
    const date = new Date(text);
    const region = this.language === 'en' ? 'en-GB' : 'fr-FR';
    return Number.isNaN(date.getTime()) ? text : new Intl.DateTimeFormat(region, options).format(date);
  }
}
