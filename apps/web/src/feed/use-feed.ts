import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Post } from '../api/contract.js';
import { getPost, listPosts } from '../api/network.js';
import { useSession } from '../session.js';
import { addPage, addPost, dropPost, noPages, readFeed, type FeedPages } from './feed-pages.js';

export interface Feed {
  status: 'loading' | 'ready' | 'failed';
  error: unknown;
  posts: readonly Post[];
  /** Null when everything is shown. */
  loadOlder: (() => Promise<void>) | null;
  loadingOlder: boolean;
  /** How often it was refreshed. */
  round: number;
  refresh(): void;
  add(post: Post): void;
  drop(id: string): void;
  /** Brings one post into the feed if it is not there. @throws Problem */
  fetchPost(id: string): Promise<void>;
}

/** The posts of some people, newest first. */
export function useFeed(authorIds: readonly string[]): Feed {
  const { actorId } = useSession();
  const [pages, setPages] = useState<FeedPages>(noPages);
  const [status, setStatus] = useState<Feed['status']>('loading');
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const [loadingOlder, setLoadingOlder] = useState(false);
  // Posts look the same to everybody; a change of actor is no reason to load them again.
  const reader = useRef(actorId);
  reader.current = actorId;
  const authorKey = authorIds.join(' ');

  useEffect(() => {
    let left = false;
    const authors = authorKey.split(' ').filter(Boolean);
    setStatus((before) => (before === 'ready' && round > 0 ? 'ready' : 'loading'));
    Promise.all(authors.map((author) => listPosts(reader.current, author, null))).then(
      (answers) => {
        if (left) return;
        setPages((before) =>
          answers.reduce<FeedPages>((sum, answer, index) => addPage(sum, authors[index] ?? '', answer), {
            ...noPages,
            single: before.single.filter((post) => authors.includes(post.authorId)),
            deleted: before.deleted,
          }),
        );
        setStatus('ready');
      },
      (problem: unknown) => {
        if (left) return;
        setError(problem);
        setStatus('failed');
      },
    );
    return () => {
      left = true;
    };
  }, [authorKey, round]);

  const { posts, loadNext } = useMemo(() => readFeed(pages), [pages]);

  const loadOlder = async () => {
    setLoadingOlder(true);
    try {
      const answers = await Promise.all(
        loadNext.map(async (author) => ({
          author,
          answer: await listPosts(reader.current, author, pages.authors.get(author)?.next ?? null),
        })),
      );
      setPages((before) => answers.reduce((sum, { author, answer }) => addPage(sum, author, answer), before));
    } finally {
      setLoadingOlder(false);
    }
  };

  return {
    status,
    error,
    posts,
    loadOlder: loadNext.length > 0 ? loadOlder : null,
    loadingOlder,
    round,
    refresh: useCallback(() => setRound((before) => before + 1), []),
    add: useCallback((post: Post) => setPages((before) => addPost(before, post)), []),
    drop: useCallback((id: string) => setPages((before) => dropPost(before, id)), []),
    fetchPost: useCallback(async (id: string) => {
      const post = await getPost(reader.current, id);
      setPages((before) => addPost(before, post));
    }, []),
  };
}
