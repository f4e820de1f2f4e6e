// Days of the calendar as whole days since 1970, in the time zone of a programme.

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The day of `2026-11-23`; nothing for another text. */
export function dayOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) ? undefined : ms / DAY_MS;
}

export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The civil day of a moment, in milliseconds since 1970, where the zone is. */
export function dayIn(zone: string, ms: number): number {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-CA', {
    timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit',
  });
  formats.set(zone, format);
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  return dayOf(`${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`) ?? Math.floor(ms / DAY_MS);
}
