import { EventSourceParserStream } from 'eventsource-parser/stream';

/**
 * Somebody's live notifications. Opens the stream, and gives its events as they arrive until `signal` aborts.
 * @param {ReturnType<import('./client.mjs').demoClient>} client
 * @param {{after?: number, signal: AbortSignal, onOpen?: () => void}} how `after`: the sequence to resume after
 * @returns {AsyncGenerator<{seq: number, event: string, data: any}>}
 */
export async function* listen(client, userId, { after, signal, onOpen = () => {} }) {
  const headers = { authorization: `Bearer ${await client.token(userId)}` };
  if (after !== undefined) headers['last-event-id'] = String(after);
  try {
    const response = await fetch(`${client.url}/v1/notifications/stream`, { headers, signal });
    if (!response.ok) throw new Error(`the stream answered ${response.status}: ${await response.text()}`);
    onOpen();
    const events = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const { id, event, data } of events) yield { seq: Number(id), event, data: JSON.parse(data) };
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
