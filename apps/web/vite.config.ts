import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const page = (file: string) => fileURLToPath(new URL(file, import.meta.url));

// Paths are relative to this folder, which `npx vite build apps/web` makes the root.
export default defineConfig({
  base: '/',
  build: {
    outDir: '../../dist/apps/web',
    emptyOutDir: true,
    // The server's CSP has no font-src or script-src for data: URLs; keep every asset a file.
    assetsInlineLimit: 0,
    rolldownOptions: { input: [page('index.html'), page('ops.html')] },
  },
  server: {
    proxy: { '/v1': 'http://127.0.0.1:3000' },
  },
});
