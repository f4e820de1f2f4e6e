import { defineConfig } from 'vitest/config';
import { installable } from './build/installable.ts';
import { noForeignAddress } from './build/no-foreign-address.ts';
import { precompressed } from './build/precompressed.ts';
import { viewer } from './build/viewer.ts';

export default defineConfig({
  base: '/scan/',
  publicDir: false,
  plugins: [noForeignAddress(), installable(), precompressed(), viewer()],
  build: {
    target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  worker: {
    format: 'es',
    plugins: () => [noForeignAddress()],
    rolldownOptions: { output: { entryFileNames: 'assets/[name]-[hash].js' } },
  },
  test: { include: ['test/unit/**/*.test.ts'] },
});
