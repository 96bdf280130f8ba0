import { defineErrors } from '#errors/coded-error.js';

export const NotificationErrors = defineErrors({
  NOTIFICATION_NOT_FOUND: ['not_found', 'Notification not found'],
  STREAM_LIMIT: ['too_many', 'Too many streams'],
  STREAM_TICKET_INVALID: ['unauthenticated', 'Stream ticket not valid'],
  RELATION_TO_SELF: ['invalid', 'Not possible with yourself'],
});
