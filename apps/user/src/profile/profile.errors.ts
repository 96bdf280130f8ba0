import { defineErrors } from '#errors/coded-error.js';

export const ProfileErrors = defineErrors({
  USER_NOT_FOUND: ['not_found', 'User not found'],
  USER_HANDLE_TAKEN: ['conflict', 'Handle taken'],
});
