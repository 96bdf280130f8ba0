export class Interrupted extends Error {
  constructor() {
    super('interrupted');
  }
}

/**
 * Aborts at Ctrl-C, SIGTERM and SIGHUP (with `Interrupted`) and at an error that nobody caught (with it), so
 * that whoever started something gets to end it. Signals after the first are ours to survive: npm passes on
 * the Ctrl-C that the terminal sent us too.
 */
export function interruptSignal() {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(name, () => controller.abort(new Interrupted()));
  process.on('uncaughtException', (error) => {
    report(error);
    controller.abort(error);
  });
  if (process.env.npm_lifecycle_event) abortWhenOrphaned(controller);
  // A terminal that is gone must not keep us from ending what we started.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return controller.signal;
}

/** `work`, or the reason of the abort as soon as it comes. */
export async function unlessAborted(signal, work) {
  signal.throwIfAborted();
  let stop;
  const aborted = new Promise((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A SIGTERM to npm ends the shell between it and us, and tells us nothing. */
function abortWhenOrphaned(controller) {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && controller.abort(new Interrupted()), 500).unref();
}

const reported = new WeakSet();

function report(error) {
  process.exitCode = error instanceof Interrupted ? 130 : 1;
  if (error instanceof Interrupted || reported.has(error)) return;
  reported.add(error);
  console.error(error);
}
