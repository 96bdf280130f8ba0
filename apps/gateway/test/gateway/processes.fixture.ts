import { BeckonServices } from '#testkit/beckon-services.js';
import { insist } from '#testkit/insist.js';
import { TraceReceiver } from '#testkit/trace-receiver.js';

/** What one user may write here. */
export const WRITES_PER_SECOND = 5;

/** Every app a process of its own, and the gateway before them. */
export let beckon: BeckonServices;

export const collector = new TraceReceiver();

beforeAll(async () => {
  const env = {
    WRITES_PER_SECOND: String(WRITES_PER_SECOND),
    STREAMS_PER_USER: '1000',
    OTEL_EXPORTER_OTLP_ENDPOINT: await collector.listen(),
    // Spans hand themselves over after this instead of 5 s.
    OTEL_BSP_SCHEDULE_DELAY: '100',
  };
  beckon = await BeckonServices.start({ env });
  await beckon.people('ana', 'ben', 'fast');
  await insist(async () => (await beckon.as('ana')).post('/v1/posts', { id: 'p1', body: 'Hello' }));
}, 180_000);
// Whatever became of a test that ended some of them, the next finds them all.
afterEach(() => beckon?.run(), 180_000);
afterAll(async () => {
  await beckon?.stop();
  await collector.close();
});

interface OpenApiDocument {
  readonly paths: Record<string, object>;
  readonly components: object;
  readonly info: { readonly description: string };
}

/** What is served as the document at an address. */
export const document = async (url: string) =>
  (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument;
