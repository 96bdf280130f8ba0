import { defineErrors } from '#errors/coded-error.js';

export const CommentErrors = defineErrors({
  COMMENT_POST_NOT_FOUND: ['not_found', 'Post not found'],
  COMMENT_PARENT_NOT_FOUND: ['not_found', 'Parent comment not found'],
  COMMENT_NOT_FOUND: ['not_found', 'Comment not found'],
});
