import type { Counts } from './contract.js';
import { Problem } from './problem.js';
import type { LiveStream } from './stream.js';

const EVERY_MS = 15_000;
const ANSWER_WITHIN_MS = 10_000;
const GRACE_MS = 4_000;

/**
 * A dead connection can look alive (a laptop that slept, a proxy that forgot): the stream's comments
 * are invisible to a page. So now and then the stream's position is compared with the server's, and a
 * stream that stays behind is opened anew. A server that gives no answer has no live stream either.
 * @returns what ends the watch.
 */
export function watchStream(stream: WatchedStream, counts: () => Promise<Counts>): () => void {
  let ended = false;
  let comparing = false;
  // A position the stream was already reopened for: never twice for the same, whatever the server says.
  let reopenedFor = -1;

  const compare = async () => {
    if (comparing || document.hidden || !stream.live) return;
    comparing = true;
    try {
      const seq = await within(ANSWER_WITHIN_MS, counts());
      if (ended || !stream.live) return;
      if (seq === null) return stream.lost();
      if (seq <= stream.position || seq <= reopenedFor) return;
      await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
      if (ended || !stream.live || stream.position >= seq) return;
      reopenedFor = seq;
      stream.reopen();
    } finally {
      comparing = false;
    }
  };

  const onVisible = () => void compare();
  const onOnline = () => stream.reopen();
  const timer = setInterval(onVisible, EVERY_MS);
  document.addEventListener('visibilitychange', onVisible);
  window.addEventListener('online', onOnline);
  return () => {
    ended = true;
    clearInterval(timer);
    document.removeEventListener('visibilitychange', onVisible);
    window.removeEventListener('online', onOnline);
  };
}

export type WatchedStream = Pick<LiveStream, 'live' | 'position' | 'reopen' | 'lost'>;

/** The server's position; null where nobody answered in time, and -1 where it answered that it can't say. */
async function within(ms: number, counts: Promise<Counts>): Promise<number | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), ms)));
  try {
    return await Promise.race([counts.then(({ seq }) => seq), late]);
  } catch (error) {
    // A busy or limping server still has its streams; to open them all anew would only make it busier.
    return error instanceof Problem && !UNANSWERED.has(error.status) ? -1 : null;
  } finally {
    clearTimeout(timer);
  }
}

/** Nobody there, said by the browser or by a proxy. */
const UNANSWERED = new Set([0, 502, 504]);
