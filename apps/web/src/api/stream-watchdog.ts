import type { Counts } from './contract.js';
import type { LiveStream } from './stream.js';

const EVERY_MS = 30_000;
const GRACE_MS = 4_000;

/**
 * A dead connection can look alive (a laptop that slept, a proxy that forgot): the stream's comments
 * are invisible to a page. So now and then the stream's position is compared with the server's, and a
 * stream that stays behind is opened anew.
 * @returns what ends the watch.
 */
export function watchStream(stream: LiveStream, counts: () => Promise<Counts>): () => void {
  let ended = false;
  let comparing = false;
  // A position the stream was already reopened for: never twice for the same, whatever the server says.
  let reopenedFor = -1;

  const compare = async () => {
    if (comparing || document.hidden || !stream.live) return;
    comparing = true;
    try {
      const { seq } = await counts();
      if (seq <= stream.position || seq <= reopenedFor) return;
      await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
      if (ended || !stream.live || stream.position >= seq) return;
      reopenedFor = seq;
      stream.reopen();
    } catch {
      // The server does not answer; the stream will notice by itself.
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
