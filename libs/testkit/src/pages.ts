import type { ApiAnswer, Checked } from '#testkit/api.js';

/** All rows of a paged list, and its first answer. @throws when it is answered by anything but 200 */
export async function pages<T>(
  get: (path: string) => Promise<ApiAnswer<Checked>>,
  path: string,
  list: string,
): Promise<{ rows: T[]; first: Record<string, unknown> }> {
  const rows: T[] = [];
  let first: Record<string, unknown> | undefined;
  const page = `${path}${path.includes('?') ? '&' : '?'}limit=100`;
  let cursor = '';
  for (;;) {
    const { status, body } = await get(`${page}${cursor}`);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    first ??= body as Record<string, unknown>;
    rows.push(...(body[list] as T[]));
    if (body.page.next === null) return { rows, first };
    cursor = `&cursor=${encodeURIComponent(body.page.next as string)}`;
  }
}
