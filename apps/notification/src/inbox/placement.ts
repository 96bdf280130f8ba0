import { actId, isComment, type Placement, type Placements } from './act.js';
import type { Member } from './member.js';
import { strongest } from './reasons.js';

/** Where a reaction appears. */
export function reactionPlacements(kind: 'post' | 'comment', id: string): Placements {
  return {
    reaction: {
      type: 'reaction',
      key: `reaction:${kind}:${id}`,
      subjectKind: kind,
      subjectId: id,
      subjectAct: kind === 'comment' ? actId.comment(id) : null,
    },
  };
}

/** Where a comment appears, for each reason there can be. */
export function commentPlacements(commentId: string, postId: string, parentId: string | null): Placements {
  const post = { subjectKind: 'post', subjectId: postId, subjectAct: null } as const;
  return {
    mention: {
      type: 'mention',
      key: `mention:${commentId}`,
      subjectKind: 'comment',
      subjectId: commentId,
      subjectAct: null,
    },
    ...(parentId === null
      ? {}
      : {
          reply: {
            type: 'reply',
            key: `reply:${parentId}`,
            subjectKind: 'comment',
            subjectId: parentId,
            subjectAct: actId.comment(parentId),
          },
        }),
    comment: { type: 'comment', key: `comment:${postId}`, ...post },
    thread: { type: 'thread', key: `thread:${postId}`, ...post },
  };
}

/** Where a post appears. Several posts of one author make one group, whose subject is the latest. */
export function postPlacements(postId: string, authorId: string): Placements {
  const post = { subjectKind: 'post', subjectId: postId, subjectAct: null } as const;
  return {
    mention: { type: 'mention', key: `mention:${postId}`, ...post },
    post: { type: 'post', key: `post:${authorId}`, ...post },
  };
}

/** Where a follow appears. */
export function followPlacements(followeeId: string): Placements {
  return {
    follow: { type: 'follow', key: 'follow', subjectKind: 'user', subjectId: followeeId, subjectAct: null },
  };
}

/**
 * Where a member goes for the reasons that are left, when only its row is known. A reply's parent is not in the row,
 * and need not be: this is asked when the parent is gone.
 */
export function placementOfMember(member: Member, reasons: number): Placement | undefined {
  const reason = strongest(reasons);
  if (reason === undefined || !isComment(member.act_id) || member.post_id === null) return undefined;
  return commentPlacements(member.act_id.slice('comment:'.length), member.post_id, null)[reason];
}
