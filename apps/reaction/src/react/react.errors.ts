import { defineErrors } from '#errors/coded-error.js';

export const ReactErrors = defineErrors({
  REACTION_POST_NOT_FOUND: ['not_found', 'Post not found'],
  REACTION_COMMENT_NOT_FOUND: ['not_found', 'Comment not found'],
});
