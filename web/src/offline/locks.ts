// One window at a time, where the browser can say so. What must hold even without is checked in
// the transaction that writes.

/** Where windows tell each other that something changed. */
export const CHANGES = 'scan-offline';
/** How long a window waits for another that may be asleep. */
const PATIENCE_MS = 2_000;

export function hasLocks(): boolean {
  return 'locks' in navigator;
}

/** In turn with other windows; after a while without a turn. */
export async function inTurn<T>(name: string, run: () => Promise<T>): Promise<T> {
  if (!hasLocks()) return run();
  let begun = false;
  try {
    return await navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE_MS) }, () => {
      begun = true;
      return run();
    });
  } catch (error) {
    if (begun) throw error;
    return run();
  }
}

/** Unless another window does it already. */
export async function alone(name: string, run: () => Promise<void>): Promise<void> {
  if (!hasLocks()) return run();
  await navigator.locks.request(name, { ifAvailable: true }, async (lock) => { if (lock) await run(); });
}
