import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

const names = { 40: 'warn', 50: 'error', 60: 'fatal' };
const intervalMs = 300;
const repeatAfterMs = 10_000;

/** Prints what an app logs from now on at `warn` and above, a line each; the same words once in ten seconds. */
export function followWarnings(file, print) {
  let position = existsSync(file) ? statSync(file).size : 0;
  let rest = '';
  const shown = new Map();
  const read = () => {
    const chunk = readFrom(file, position);
    position += chunk.length;
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop();
    for (const line of lines.map(parse)) if (line) show(line, shown, print);
  };
  const timer = setInterval(read, intervalMs);
  timer.unref();
  return {
    end: () => {
      clearInterval(timer);
      read();
    },
  };
}

function show({ level, text }, shown, print) {
  if (Date.now() - (shown.get(text) ?? 0) < repeatAfterMs) return;
  shown.set(text, Date.now());
  print(`${level}: ${text}`);
}

function parse(line) {
  try {
    const { level, msg, err } = JSON.parse(line);
    const name = names[level] ?? level;
    if (!Object.values(names).includes(name)) return undefined;
    return { level: name, text: [msg, err?.message].filter(Boolean).join(': ').slice(0, 300) };
  } catch {
    return undefined;
  }
}

function readFrom(file, position) {
  if (!existsSync(file)) return Buffer.alloc(0);
  const buffer = Buffer.alloc(Math.max(0, statSync(file).size - position));
  const handle = openSync(file, 'r');
  try {
    return buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, position));
  } finally {
    closeSync(handle);
  }
}
