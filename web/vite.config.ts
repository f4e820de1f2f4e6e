// How the scanner is built: by hash, below /scan/, with a service worker that knows every file.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** Writes sw.js with the list of what was built, and a version that is the list's own hash. */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = Object.keys(bundle).filter((name) => name !== 'sw.js').sort();
      const hash = createHash('sha256');
      for (const name of files) {
        const file = bundle[name];
        if (file) hash.update(name).update(file.type === 'chunk' ? file.code : file.source);
      }
      const source = readFileSync('src/sw.js', 'utf8')
        .replace('__VERSION__', hash.digest('hex').slice(0, 16))
        .replace('[/* files */]', JSON.stringify(files.map((name) => `/scan/${name}`)));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}

export default defineConfig({
  base: '/scan/',
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: false },
  worker: { format: 'es' },
  plugins: [serviceWorker()],
});
