import { Wait } from '#testkit/wait.js';

/** Waits until something is so. @throws when it is not within `ms` */
export async function until(isSo: () => Promise<boolean> | boolean, ms = 30_000): Promise<void> {
  const wait = new Wait(ms);
  while (!(await isSo())) {
    if (wait.isOver) throw new Error(`not so after ${ms} ms: ${isSo.toString()}`);
    await wait.rest();
  }
}
