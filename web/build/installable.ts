// What makes the scanner installable: icons, the manifest, and the service worker, built by itself
// with the list of every file. All from the files' own bytes, so that two builds are the same.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';

const ICONS = [
  { name: 'icon-192.png', sizes: '192x192', purpose: 'any' },
  { name: 'icon-512.png', sizes: '512x512', purpose: 'any' },
  { name: 'icon-maskable-512.png', sizes: '512x512', purpose: 'maskable' },
];

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export function installable(): Plugin {
  return {
    name: 'installable',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_, bundle) {
      const files = Object.values(bundle).map((file): [string, string | Uint8Array] =>
        [file.fileName, file.type === 'chunk' ? file.code : file.source]);
      const emit = (named: { name?: string; fileName?: string }, source: string | Uint8Array): string => {
        const fileName = this.getFileName(this.emitFile({ type: 'asset', ...named, source }));
        if (!files.some(([name]) => name === fileName)) files.push([fileName, source]);
        return fileName;
      };
      const icons = ICONS.map(({ name, sizes, purpose }) => {
        const fileName = emit({ name }, readFileSync(at(`../icons/${name}`)));
        return { src: `/scan/${fileName}`, sizes, type: 'image/png', purpose };
      });
      const manifest = JSON.stringify({ ...MANIFEST, icons }, null, 2);
      emit({ fileName: 'manifest.webmanifest' }, `${manifest}\n`);
      files.sort(([a], [b]) => (a < b ? -1 : 1));
      const digest = createHash('sha256');
      for (const [name, content] of files) digest.update(name).update('\0').update(content);
      const paths = files.map(([name]) => (name === 'index.html' ? '/scan' : `/scan/${name}`));
      this.emitFile({
        type: 'asset',
        fileName: 'sw.js',
        source: await worker(digest.digest('hex').slice(0, 16), paths),
      });
    },
  };
}

const MANIFEST = {
  id: '/scan',
  name: 'Valider un pass numérique',
  short_name: 'Valider',
  lang: 'fr',
  dir: 'ltr',
  start_url: '/scan',
  scope: '/scan',
  display: 'standalone',
  background_color: '#ffffff',
  theme_color: '#1f4fa8',
};

async function worker(version: string, files: readonly string[]): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    define: { VERSION: JSON.stringify(version), FILES: JSON.stringify(files) },
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: at('../src/install/sw.ts'), formats: ['iife'], name: 'worker' },
    },
  });
  const outputs: Rolldown.RolldownOutput[] = [built].flat().filter((one) => 'output' in one);
  const code = outputs[0]?.output[0].code;
  if (code === undefined) throw new Error('the service worker was not built');
  return code;
}
