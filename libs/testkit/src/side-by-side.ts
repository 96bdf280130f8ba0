const LANES = 10;

/** Does `work` for 0 to `count` - 1, ten at a time. */
export async function sideBySide(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
