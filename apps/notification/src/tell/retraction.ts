import type { MemberKey } from '../inbox/member.js';
import type { Change } from '../inbox/settle-member.js';
import type { Retraction, RetractionPart } from './audience.js';

/** How one member is retracted: with its act or post for good, or only from the group about what is gone. */
export function retractionOf(
  part: RetractionPart,
  { actId: removed, version }: Retraction,
  { recipientId, actId }: MemberKey,
): Change {
  if (part === 'subject') return { kind: 'retract-subject', recipientId, actId, subjectAct: removed };
  return { kind: 'retract', recipientId, actId, version: part === 'act' ? version : null };
}
