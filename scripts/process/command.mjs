import { Interrupted, interruptSignal } from './interrupt.mjs';

/** Runs a script's work; a failure is its message and exit code 1, Ctrl-C lets the work clean up first. */
export async function command(work) {
  try {
    await work(interruptSignal());
  } catch (error) {
    process.exitCode = error instanceof Interrupted ? 130 : 1;
    if (!(error instanceof Interrupted)) console.error(error.message || error.stack);
  }
  // Prisma's engine leaves a timer behind that would keep the process for ten seconds.
  process.exit();
}
