// Nothing that is built may name another host: the scanner speaks to its own service alone.

import type { Plugin } from 'vite';

/** Namespaces are names, not addresses that anybody asks. */
const NAMES = /^http:\/\/www\.w3\.org\//;
/** Where zxing-wasm would fetch its wasm if `locateFile` were not set. */
const DECODER_CDN = /`https:\/\/fastly\.jsdelivr\.net\/[^`]*`/g;

/** Takes the decoder's default address out, and fails the build if any address is left. */
export function noForeignAddress(): Plugin {
  return {
    name: 'no-foreign-address',
    transform(code, id) {
      if (!id.includes('/zxing-wasm/')) return null;
      const own = code.replace(DECODER_CDN, 't + e');
      return own === code ? null : { code: own, map: null };
    },
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        const text = file.type === 'chunk' ? file.code : file.source;
        if (typeof text !== 'string') continue;
        for (const [address] of text.matchAll(/https?:\/\/[\w.-]+[^\s"'`]*/g)) {
          if (!NAMES.test(address)) this.error(`${file.fileName} names ${address}`);
        }
      }
    },
  };
}
