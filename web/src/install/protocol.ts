// What page and service worker say to each other about a new version. Types only: the worker is
// built by itself, and shares no file of the build with the page.

/** The page asks the waiting worker to take over, if nobody minds. */
export interface TakeOver { readonly type: 'take-over' }

/** The worker asks each page, with a port for the answer. */
export interface AskIdle { readonly type: 'idle?' }

export interface Idle { readonly idle: boolean }
