import { defineErrors } from '#errors/coded-error.js';

/** Errors that any route can answer with. */
export const CommonErrors = defineErrors({
  INVALID_INPUT: ['invalid', 'Invalid input'],
  MALFORMED_JSON: ['invalid', 'Malformed JSON'],
  ACTOR_REQUIRED: ['invalid', 'Beckon-Actor required'],
  UNAUTHENTICATED: ['unauthenticated', 'Not authenticated'],
  FORBIDDEN: ['forbidden', 'Not allowed'],
  ROUTE_NOT_FOUND: ['not_found', 'No such route'],
  REQUEST_TIMEOUT: ['timeout', 'Request took too long to arrive'],
  BODY_TOO_LARGE: ['too_large', 'Body too large'],
  HEADERS_TOO_LARGE: ['headers_too_large', 'Headers too large'],
  UNSUPPORTED_MEDIA_TYPE: ['unsupported_media', 'Unsupported media type'],
  TOO_MANY_REQUESTS: ['too_many', 'Too many requests'],
  PROFILE_REQUIRED: ['conflict', 'Profile required'],
  IDEMPOTENCY_KEY_REUSED: ['unprocessable', 'Idempotency key reused'],
  BACKLOG_FULL: ['unavailable', 'Backlog full'],
  DEPENDENCY_UNAVAILABLE: ['unavailable', 'Temporarily unavailable'],
  ANSWER_LOST: ['lost', 'Done or not, nobody can tell'],
});
