import type { Chaos } from './chaos.js';

const EVERY_MS = 500;
/** Where nobody watches, as in a log of CI. */
const EVERY_QUIET_MS = 15_000;

/** Shows what a fault is doing until the answered function is called. */
export function showProgress(name: string, chaosOf: () => Chaos | undefined): () => void {
  const startedAt = Date.now();
  const { isTTY } = process.stderr;
  const show = () => {
    const chaos = chaosOf();
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    const line = `${name}  ${seconds} s  ${chaos?.phase ?? 'starting servers'}  ${chaos?.acknowledged ?? 0} acknowledged`;
    process.stderr.write(isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  };
  const timer = setInterval(show, isTTY ? EVERY_MS : EVERY_QUIET_MS);
  return () => {
    clearInterval(timer);
    if (isTTY) process.stderr.write('\r\x1b[K');
  };
}
