import { useEffect, useRef, useState } from 'preact/hooks';
import type { Post } from '../api/contract.js';
import { deletePost, getPostCounters } from '../api/network.js';
import { Avatar } from '../people/avatar.js';
import { nameOf, shortNameOf } from '../people/names.js';
import type { Relations } from '../people/use-relations.js';
import { useSession } from '../session.js';
import { DeleteButton } from '../shell/delete-button.js';
import { BellIcon, CommentIcon } from '../shell/icons.js';
import { RelativeTime } from '../shell/relative-time.js';
import { useOnScreen } from '../shell/use-on-screen.js';
import { LongText } from './long-text.js';
import { ReactionBar } from './reaction-bar.js';
import { Thread } from './thread.js';
import { useReactions } from './use-reactions.js';

interface Props {
  post: Post;
  relations: Relations;
  /** Set when a notification led here; the comment, if it was about one. */
  spotlight: { commentId: string | null } | null;
  /** Changes when everything is to be looked up again. */
  round: number;
  onDeleted: () => void;
}

export function PostCard({ post, relations, spotlight, round, onDeleted }: Props) {
  const { actorId, watchedId, cardOf, act } = useSession();
  const card = useRef<HTMLElement>(null);
  const onScreen = useOnScreen(card);
  const reactions = useReactions('post', post.id, post.authorId, onScreen, round);
  const [open, setOpen] = useState(false);
  const [comments, setComments] = useState<number | null>(null);
  const author = cardOf(post.authorId);
  const name = nameOf(author);
  const own = post.authorId === actorId;

  useEffect(() => {
    if (!onScreen) return;
    // Counted a moment after the fact; without it the button just bears no number.
    getPostCounters(actorId, post.id).then(
      (counters) => setComments(counters.comments),
      () => undefined,
    );
  }, [post.id, onScreen, round]);

  useEffect(() => {
    if (!spotlight) return;
    setOpen((before) => before || spotlight.commentId !== null);
    card.current?.scrollIntoView({ block: 'center' });
    card.current?.focus({ preventScroll: true });
  }, [spotlight]);

  const remove = async () => {
    const done = await act({ run: async () => (await deletePost(actorId, post.id), true) });
    if (done) onDeleted();
  };

  return (
    <article
      ref={card}
      class="post"
      tabIndex={-1}
      data-spotlit={spotlight !== null}
      aria-label={`Post by ${name}`}
    >
      <header class="post-head">
        <Avatar card={author} />
        <div class="post-by">
          <p class="byline">
            <bdi class="person-name">{name}</bdi>
            {!own && !relations.following.has(post.authorId) && (
              <button
                type="button"
                class="link"
                aria-label={`Follow ${name}`}
                onClick={() => void relations.set('following', post.authorId, true)}
              >
                Follow
              </button>
            )}
          </p>
          <p class="quiet post-when">
            <span class="person-handle">@{author.handle ?? author.id}</span> ·{' '}
            <RelativeTime at={post.createdAt} />
          </p>
        </div>
        {post.authorId === watchedId && !own && (
          <span class="heard" title={`React or comment, and ${name} is told in the inbox beside`}>
            <BellIcon /> <bdi>{shortNameOf(author)}</bdi> hears
          </span>
        )}
        {own && <DeleteButton what="post" onDelete={() => void remove()} />}
      </header>
      <LongText class="post-body" text={post.body} />
      <footer class="post-foot">
        <ReactionBar reactions={reactions} about={`${name}’s post`} />
        <button
          type="button"
          class="reaction comment-toggle"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <CommentIcon />
          <span class="visually-hidden">Comments</span>
          {comments !== null && comments > 0 && <span class="reaction-count">{comments}</span>}
        </button>
      </footer>
      {open && (
        <Thread
          post={post}
          spotlight={spotlight?.commentId ?? null}
          onCount={(difference) => setComments((before) => Math.max(0, (before ?? 0) + difference))}
        />
      )}
    </article>
  );
}
