import { defineErrors } from '#errors/coded-error.js';

export const PostAnalyticsErrors = defineErrors({
  ANALYTICS_POST_NOT_FOUND: ['not_found', 'Post not found'],
});
