// The line between one browser and the service, which a test cuts: nothing gets through then, from
// no page and no worker, also in the moment after a page is loaded.

import { createServer, connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { BrowserContext } from 'playwright-core';
import { BASE } from './service.ts';

export interface Line {
  /** What a browser is told to ask. */
  readonly proxy: { readonly server: string };
  cut(): void;
  mend(): void;
  close(): void;
}

/** A proxy that hands on bytes: the service answers to whole addresses as well as to paths. */
export async function line(): Promise<Line> {
  const { hostname, port } = new URL(BASE);
  const open = new Set<Socket>();
  let whole = true;
  const hold = (socket: Socket, other: Socket): void => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => { open.delete(socket); other.destroy(); });
  };
  const server = createServer((browser) => {
    if (!whole) { browser.destroy(); return; }
    const service = connect(Number(port), hostname);
    hold(browser, service);
    hold(service, browser);
    service.pipe(browser);
    browser.once('data', (first) => {
      // What Playwright asks in a page's place goes through a tunnel.
      if (first.toString('latin1').startsWith('CONNECT ')) browser.write('HTTP/1.1 200 OK\r\n\r\n');
      else service.write(first);
      browser.pipe(service);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port: own } = server.address() as AddressInfo;
  const drop = (): void => { for (const socket of open) socket.destroy(); };
  return {
    proxy: { server: `http://127.0.0.1:${own}` },
    cut: () => { whole = false; drop(); },
    mend: () => { whole = true; },
    close: () => { drop(); server.close(); },
  };
}

const lines = new WeakMap<BrowserContext, Line>();

/** The line of a context goes with it. */
export function holds(context: BrowserContext, own: Line): void {
  lines.set(context, own);
  context.on('close', () => own.close());
}

function of(context: BrowserContext): Line {
  const own = lines.get(context);
  if (own === undefined) throw new Error('this browser has no line of its own');
  return own;
}

/** The network goes: the line first, and then the browser says so to its pages. */
export async function cut({ context }: { context: BrowserContext }): Promise<void> {
  of(context).cut();
  await context.setOffline(true);
}

export async function mend({ context }: { context: BrowserContext }): Promise<void> {
  of(context).mend();
  await context.setOffline(false);
}
