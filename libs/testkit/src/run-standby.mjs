// An app on standby: `node run-standby.mjs <dist/apps> <app>` loads the code of all apps, waits for a message, and then
// is the app. Loading is most of the time that a process takes to start.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [apps, app] = process.argv.slice(2);
const begun = new Promise((resolve) => process.once('message', resolve));
const waiting = setInterval(() => undefined, 60_000);

for (const path of readdirSync(apps, { recursive: true })) if (path.endsWith('.module.js')) await load(path);
await begun;
clearInterval(waiting);
await load(join(app, 'src/main.js'));

function load(path) {
  return import(pathToFileURL(resolve(apps, path)).href);
}
