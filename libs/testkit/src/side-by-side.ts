/**
 * Does `work` for 0 to `count` - 1, some at a time.
 * @throws what the first lane threw that failed, once nothing is being done any more
 */
export async function sideBySide(
  count: number,
  work: (index: number) => Promise<void>,
  lanes = 10,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
