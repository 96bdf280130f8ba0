import { defineErrors } from '#errors/coded-error.js';

export const FollowErrors = defineErrors({
  FOLLOW_SELF: ['invalid', 'Following yourself'],
});
