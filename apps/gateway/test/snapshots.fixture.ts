import type { Beckon } from '#testkit/beckon.js';
import { metricOf } from '#testkit/metric.js';
import { TestStream } from '#testkit/stream.js';
import { until } from '#testkit/until.js';

import { Snapshot } from '../src/admin/live/snapshot.schemas.js';

export const PATH = '/v1/admin/stream';
const opened: TestStream[] = [];

/** Opens the operators’ stream, as an operator if no token is given. */
export async function listen(beckon: Beckon, token?: string): Promise<TestStream> {
  const bearer = token ?? (await beckon.tokenOf('operator', 'admin'));
  const stream = await TestStream.open(`${beckon.url}${PATH}`, { authorization: `Bearer ${bearer}` });
  opened.push(stream);
  return stream;
}

/** The next snapshot that fits. Each fits its documented schema, or this throws. */
export async function snapshotOf(
  stream: TestStream,
  fits: (snapshot: Snapshot) => boolean,
): Promise<Snapshot> {
  const { data } = await stream.waitFor(({ data: heard }) => fits(Snapshot.parse(heard)), 20_000);
  return Snapshot.parse(data);
}

/** Closes all that were opened, and waits until the server knows. */
export async function hangUp(beckon: Beckon): Promise<void> {
  await Promise.all(opened.splice(0).map((stream) => stream.close()));
  await until(async () => (await metricOf(beckon, 'beckon_operations_streams_open')) === 0);
}
