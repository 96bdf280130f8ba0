import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Comment } from '../api/contract.js';
import { Avatar } from '../people/avatar.js';
import { nameOf } from '../people/names.js';
import { useSession } from '../session.js';
import { DeleteButton } from '../shell/delete-button.js';
import { RelativeTime } from '../shell/relative-time.js';
import { LongText } from './long-text.js';
import { ReactionBar } from './reaction-bar.js';
import { useReactions } from './use-reactions.js';

interface Props {
  comment: Comment;
  depth: number;
  spotlit: boolean;
  onReply: () => void;
  onDelete: () => void;
  children: ComponentChildren;
}

export function CommentItem({ comment, depth, spotlit, onReply, onDelete, children }: Props) {
  const { actorId, cardOf } = useSession();
  const item = useRef<HTMLLIElement>(null);
  const author = cardOf(comment.authorId);
  const name = nameOf(author);
  const reactions = useReactions('comment', comment.id, comment.authorId, true, 0);

  useEffect(() => {
    if (spotlit) item.current?.scrollIntoView({ block: 'center' });
  }, [spotlit]);

  return (
    <li ref={item} class="comment" data-depth={depth} data-spotlit={spotlit}>
      <Avatar card={author} size={28} />
      <div class="comment-main">
        <p class="byline">
          <bdi class="person-name">{name}</bdi>
          <RelativeTime at={comment.createdAt} />
        </p>
        <LongText class="comment-body" text={comment.body} />
        <div class="comment-tools">
          <ReactionBar reactions={reactions} about={`${name}’s comment`} small />
          <button type="button" class="link" onClick={onReply}>
            Reply
          </button>
          {comment.authorId === actorId && <DeleteButton what="comment" onDelete={onDelete} />}
        </div>
        {children}
      </div>
    </li>
  );
}
