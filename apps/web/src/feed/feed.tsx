import { useEffect, useState } from 'preact/hooks';
import { getComment, publishPost } from '../api/network.js';
import { sayKindly } from '../api/problem.js';
import { Circle } from '../people/circle.js';
import { nameOf, shortNameOf } from '../people/names.js';
import { useRelations } from '../people/use-relations.js';
import { useSession } from '../session.js';
import { RefreshIcon } from '../shell/icons.js';
import { Composer } from './composer.js';
import { PostCard } from './post-card.js';
import { useFeed } from './use-feed.js';

/** Where a notification leads. A new object each time, so that the same one can be asked for again. */
export interface Destination {
  kind: 'post' | 'comment';
  id: string;
}

export function FeedView({ destination }: { destination: Destination | null }) {
  const { actorId, everybody, cardOf, act, say } = useSession();
  const [author, setAuthor] = useState('');
  const feed = useFeed(author ? [author] : everybody.map((card) => card.id));
  const relations = useRelations();
  const [spotlight, setSpotlight] = useState<{ postId: string; commentId: string | null } | null>(null);
  const me = cardOf(actorId);

  useEffect(() => {
    if (!destination) return;
    const go = async () => {
      const commentId = destination.kind === 'comment' ? destination.id : null;
      const postId = commentId ? (await getComment(actorId, commentId)).postId : destination.id;
      setAuthor('');
      if (!feed.posts.some((post) => post.id === postId)) await feed.fetchPost(postId);
      setSpotlight({ postId, commentId });
    };
    go().catch((error: unknown) => say({ tone: 'alarm', text: sayKindly(error) }));
  }, [destination]);

  const publish = async (body: string, key: string) => {
    const post = await act({
      run: (onSend) => publishPost(actorId, body, key, onSend),
      action: { what: 'post', subjects: [{ kind: 'user', id: actorId }] },
      answerSubject: ({ id }) => ({ kind: 'post', id }),
    });
    if (post) feed.add(post);
    return post !== null;
  };

  return (
    <div class="feed">
      <Composer
        label="Write a post"
        placeholder={`What’s new, ${shortNameOf(me)}?`}
        button="Post"
        onSend={publish}
      />
      <Circle relations={relations} />
      <div class="feed-bar">
        <label>
          <span class="quiet">Posts by</span>{' '}
          <select value={author} onChange={(event) => setAuthor(event.currentTarget.value)}>
            <option value="">everybody</option>
            {everybody.map((card) => (
              <option key={card.id} value={card.id}>
                {nameOf(card)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="icon-button" aria-label="Refresh the feed" onClick={feed.refresh}>
          <RefreshIcon />
        </button>
      </div>
      <div class="posts" aria-busy={feed.status === 'loading'}>
        {feed.status === 'loading' && [1, 2, 3].map((key) => <PostSkeleton key={key} />)}
        {feed.status === 'failed' && (
          <div class="state" role="alert">
            <p class="state-title">The feed could not be loaded</p>
            <p class="quiet">{sayKindly(feed.error)}</p>
            <button type="button" class="button" onClick={feed.refresh}>
              Try again
            </button>
          </div>
        )}
        {feed.status === 'ready' && feed.posts.length === 0 && (
          <div class="state">
            <p class="state-title">No posts yet</p>
            <p class="quiet">Write the first one above.</p>
          </div>
        )}
        {feed.status === 'ready' &&
          feed.posts.map((post) => (
            <PostCard
              key={post.id}
              post={post}
              relations={relations}
              round={feed.round}
              spotlight={spotlight?.postId === post.id ? spotlight : null}
              onDeleted={() => feed.drop(post.id)}
            />
          ))}
        {feed.status === 'ready' && feed.loadOlder && (
          <button
            type="button"
            class="button"
            disabled={feed.loadingOlder}
            onClick={() =>
              feed.loadOlder?.().catch((error: unknown) => say({ tone: 'alarm', text: sayKindly(error) }))
            }
          >
            {feed.loadingOlder ? 'Loading…' : 'Older posts'}
          </button>
        )}
      </div>
    </div>
  );
}

function PostSkeleton() {
  return (
    <div class="post" aria-hidden="true">
      <div class="post-head">
        <span class="skeleton skeleton-face" />
        <span class="skeleton skeleton-line skeleton-short" />
      </div>
      <div class="skeleton skeleton-line" />
      <div class="skeleton skeleton-line skeleton-half" />
    </div>
  );
}
