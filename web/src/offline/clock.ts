// The service's time, as this device knows it. Its own clock may be wrong, or be set while it works.

export interface Clock {
  /** What is added to the device's own clock. */
  readonly offsetMs: number;
  /** The service's time when it was last heard, in milliseconds since 1970. */
  readonly serverAt: number;
}

/** `server`, heard between two moments of the device's own clock. */
export function heard(server: number, sentAt: number, receivedAt: number): Clock {
  return { offsetMs: Math.round(server - (sentAt + receivedAt) / 2), serverAt: Math.floor(server) };
}

/** The service's time at a moment of the device's own clock. */
export function serviceTime(clock: Clock | undefined, ownMs: number): number {
  return ownMs + (clock?.offsetMs ?? 0);
}

/** A clock that was set back since is known to be wrong: time goes on from the floor. */
export function notBefore(clock: Clock, ownMs: number, floor: number): Clock {
  return serviceTime(clock, ownMs) >= floor ? clock : { ...clock, offsetMs: Math.ceil(floor - ownMs) };
}
