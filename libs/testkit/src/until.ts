const POLL_MS = 20;

/** Waits until something is so. @throws when it is not within `ms` */
export async function until(isSo: () => Promise<boolean> | boolean, ms = 30_000): Promise<void> {
  const limit = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > limit) throw new Error(`not so after ${ms} ms: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
