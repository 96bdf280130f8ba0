import { defineErrors } from '#errors/coded-error.js';

export const AdminErrors = defineErrors({
  DEAD_LETTER_NOT_FOUND: ['not_found', 'Dead letter not found'],
  DEAD_LETTER_UNREADABLE: ['conflict', 'Dead letter is no event'],
  EVENT_NOT_FOUND: ['not_found', 'Event not found'],
  OPERATIONS_STREAM_LIMIT: ['too_many', 'Too many operators listen'],
});
