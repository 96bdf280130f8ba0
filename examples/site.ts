// A site whose page shows an inbox live: npm run example -- site
// Beckon has to allow its pages: CORS_ORIGINS=http://localhost:8000 npm start
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { developmentToken, url } from './beckon.ts';

const port = Number(process.env.SITE_PORT ?? 8000);

createServer((request, response) => {
  answer(request.url ?? '').then(
    ({ type, body }) => response.setHeader('Content-Type', type).end(body),
    () => response.writeHead(503).end(),
  );
}).listen(port, () => console.log(`http://localhost:${port}`));

async function answer(path: string): Promise<{ type: string; body: string }> {
  if (path === '/session') {
    // Your site knows by its own cookie who this is, and signs the token or asks your sign-in for one.
    const session = { beckon: url, token: await developmentToken('pia') };
    return { type: 'application/json', body: JSON.stringify(session) };
  }
  return path === '/live-inbox.js'
    ? { type: 'text/javascript', body: await readFile('examples/live-inbox.js', 'utf8') }
    : { type: 'text/html', body: await readFile('examples/live-inbox.html', 'utf8') };
}
