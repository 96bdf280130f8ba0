const EVERY_MS = 500;
/** Where nobody watches, as in a log of CI. */
const EVERY_QUIET_MS = 15_000;

/** Shows what a part is doing until the answered function is called. */
export function showProgress(name: string, phase: () => string): () => void {
  const startedAt = Date.now();
  const { isTTY } = process.stderr;
  const show = () => {
    const line = `${name}  ${Math.round((Date.now() - startedAt) / 1_000)} s  ${phase()}`;
    process.stderr.write(isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  };
  const timer = setInterval(show, isTTY ? EVERY_MS : EVERY_QUIET_MS);
  return () => {
    clearInterval(timer);
    if (isTTY) process.stderr.write('\r\x1b[K');
  };
}
