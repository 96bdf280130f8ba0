import { CodedError, defineErrors } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';

export const AdminErrors = defineErrors({
  DEAD_LETTER_NOT_FOUND: ['not_found', 'Dead letter not found'],
  DEAD_LETTER_UNREADABLE: ['conflict', 'Dead letter is no event'],
  EVENT_NOT_FOUND: ['not_found', 'Event not found'],
  OPERATIONS_STREAM_LIMIT: ['too_many', 'Too many operators listen'],
});

/** What was asked for may be there, and only these apps could tell. */
export function doesNotAnswer(apps: readonly string[]): CodedError {
  const detail = `Not known: ${apps.join(', ')} ${apps.length === 1 ? 'does' : 'do'} not answer; try again soon.`;
  return new CodedError(CommonErrors.DEPENDENCY_UNAVAILABLE, detail, { retryAfterSeconds: 1 });
}

/** These apps were asked to change something, and their time was over before they had answered. */
export function answerLost(apps: readonly string[], cause?: unknown): CodedError {
  const detail = `No answer came from ${apps.join(', ')} in time: it may have been done. Asked again, it is not done twice.`;
  return new CodedError(CommonErrors.ANSWER_LOST, detail, { cause });
}
