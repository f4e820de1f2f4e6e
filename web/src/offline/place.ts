// Where a device works: its programmes with the terms that it can judge by itself.

import { fields, type Parse } from '../api/types.ts';

/** Where a programme does not say. */
const FEED_DAYS = 7;

export interface Programme {
  readonly id: number;
  readonly zone: string;
  readonly perDay: number | undefined;
  readonly perVenue: number | undefined;
  readonly serviceRequired: boolean;
  /** Empty: all. */
  readonly services: readonly string[];
  /** A feed older than so many days vouches for nothing: its workshops are at the venue's own risk. */
  readonly feedDays: number;
}

export interface Place {
  readonly programmes: readonly Programme[];
}

export const parseProgramme: Parse<Programme> = (value) => {
  const f = fields(value);
  const terms = fields(f?.['terms']);
  const id = Number(f?.['id']);
  const [zone, services] = [terms?.['time_zone'], terms?.['services']];
  if (!Number.isInteger(id) || id < 1 || typeof zone !== 'string' || !Array.isArray(services)) return undefined;
  return {
    id, zone, perDay: limit(terms?.['workshops_a_day']), perVenue: limit(terms?.['workshops_a_venue']),
    serviceRequired: terms?.['service_required'] === true,
    services: services.filter((one) => typeof one === 'string'),
    feedDays: limit(fields(terms?.['offline'])?.['feed_days']) ?? FEED_DAYS,
  };
};

/** By the strictest of its programmes; the screen speaks for all of them. */
export function feedDays(place: Place | undefined): number {
  const days = (place?.programmes ?? []).map((programme) => programme.feedDays);
  return days.length === 0 ? FEED_DAYS : Math.min(...days);
}

function limit(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}
