import { defineErrors } from '#errors/coded-error.js';

export const PostErrors = defineErrors({
  POST_NOT_FOUND: ['not_found', 'Post not found'],
  POST_ID_TAKEN: ['conflict', 'Post id taken'],
});
