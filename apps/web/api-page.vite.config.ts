import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// What the API page adds to Swagger UI. By itself, because Swagger UI loads it as a classic script, under a name that
// libs/http/src/api-page.ts knows: it may import nothing that the other pages share.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: '../../dist/apps/web',
    emptyOutDir: false,
    assetsInlineLimit: 0,
    lib: {
      entry: fileURLToPath(new URL('src/api-page/main.tsx', import.meta.url)),
      formats: ['iife'],
      name: 'beckonApiPage',
      fileName: () => 'api-page.js',
      cssFileName: 'api-page',
    },
  },
});
