import { createParser } from 'eventsource-parser';
import { problemOf, unreachable } from './problem.js';
import { forgetToken, tokenFor, type TokenScope } from './tokens.js';

/** A stream that says nothing for so long is dead, whatever the connection pretends. */
const SILENCE_MS = 15_000;

interface Reading {
  as: string;
  scope?: TokenScope;
  signal: AbortSignal;
  onOpen: () => void;
  onEvent: (name: string, data: unknown) => void;
}

/**
 * Reads Server-Sent Events with a token in the header, which EventSource cannot send. Resolves when the server ends
 * the stream or falls silent, or the signal aborts.
 * @throws Problem when it is refused or cannot be reached
 */
export async function readEvents(
  path: string,
  { as, scope, signal, onOpen, onEvent }: Reading,
): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const parser = createParser({
    onEvent: ({ event, data }) => onEvent(event ?? 'message', JSON.parse(data)),
  });
  try {
    const response = await fetch(path, {
      headers: { authorization: `Bearer ${await tokenFor(as, scope)}` },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.status === 401) forgetToken(as, scope);
    if (!response.ok || response.body === null) throw await problemOf(response);
    onOpen();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      parser.feed(part.value);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (silence.signal.aborted || error instanceof TypeError) throw unreachable(error);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
