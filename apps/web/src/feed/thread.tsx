import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Comment, Post } from '../api/contract.js';
import { addComment, deleteComment, listComments } from '../api/network.js';
import { sayKindly } from '../api/problem.js';
import { nameOf } from '../people/names.js';
import { useSession } from '../session.js';
import { CommentItem } from './comment-item.js';
import { Composer } from './composer.js';
import { inReadingOrder } from './thread-order.js';

interface Props {
  post: Post;
  /** A comment to bring into view. */
  spotlight: string | null;
  onCount: (difference: number) => void;
}

/** The comments of a post. */
export function Thread({ post, spotlight, onCount }: Props) {
  const { actorId, act, learn, cardOf } = useSession();
  const [comments, setComments] = useState<readonly Comment[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [replyTo, setReplyTo] = useState<string | null>(null);

  const load = useCallback(
    async (cursor: string | null) => {
      setFailure(null);
      try {
        const answer = await listComments(actorId, post.id, cursor);
        learn(answer.comments.map((comment) => comment.authorId));
        setComments((before) => merge(cursor ? (before ?? []) : [], answer.comments));
        setNext(answer.page.next);
      } catch (error) {
        setFailure(error);
      }
    },
    [actorId, post.id, learn],
  );

  // `spotlight` too: a notification may tell of a comment that came after these were loaded.
  useEffect(() => void load(null), [post.id, spotlight]);

  const send = async (body: string, idempotencyKey: string, parent: Comment | null) => {
    const made = await act({
      run: (onSend) =>
        addComment(
          actorId,
          post.id,
          parent ? { body, parentId: parent.id } : { body },
          idempotencyKey,
          onSend,
        ),
      action: {
        what: 'comment',
        subjects: [
          { kind: 'post', id: post.id },
          ...(parent ? [{ kind: 'comment' as const, id: parent.id }] : []),
        ],
      },
      answerSubject: (comment) => ({ kind: 'comment', id: comment.id }),
      tells: parent?.authorId ?? post.authorId,
    });
    if (!made) return false;
    setComments((before) => merge(before ?? [], [made]));
    onCount(1);
    setReplyTo(null);
    return true;
  };

  const remove = async (comment: Comment) => {
    const done = await act({ run: async () => (await deleteComment(actorId, comment.id), true) });
    if (!done) return;
    setComments((before) => (before ?? []).filter((one) => one.id !== comment.id));
    onCount(-1);
  };

  return (
    <div class="thread">
      {failure !== null && (
        <p class="inline-failure" role="alert">
          {sayKindly(failure)}{' '}
          <button type="button" class="link" onClick={() => void load(null)}>
            Try again
          </button>
        </p>
      )}
      {comments === null && failure === null && <div class="skeleton skeleton-line" aria-hidden="true" />}
      <ul class="comments" role="list" aria-label="Comments">
        {inReadingOrder(comments ?? []).map(({ comment, depth }) => (
          <CommentItem
            key={comment.id}
            comment={comment}
            depth={depth}
            spotlit={spotlight === comment.id}
            onReply={() => setReplyTo(comment.id)}
            onDelete={() => void remove(comment)}
          >
            {replyTo === comment.id && (
              <Composer
                label={`Reply to ${nameOf(cardOf(comment.authorId))}`}
                placeholder="Write a reply…"
                button="Reply"
                autoFocus
                onSend={(body, key) => send(body, key, comment)}
                onCancel={() => setReplyTo(null)}
              />
            )}
          </CommentItem>
        ))}
      </ul>
      {next && (
        <button type="button" class="link" onClick={() => void load(next)}>
          More comments
        </button>
      )}
      <Composer
        label="Write a comment"
        placeholder="Write a comment… @ mentions somebody"
        button="Comment"
        rows={1}
        onSend={(body, key) => send(body, key, null)}
      />
    </div>
  );
}

function merge(before: readonly Comment[], added: readonly Comment[]): Comment[] {
  return [...new Map([...before, ...added].map((comment) => [comment.id, comment])).values()];
}
