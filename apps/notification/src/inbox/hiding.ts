/** What hides a member from its recipient, as bits of `member.hidden`. */
export const Hidden = {
  /** The recipient muted the actor. */
  mute: 1,
  /** The recipient blocked the actor. */
  block: 2,
  /** The actor blocked the recipient. */
  blockedBy: 4,
  /** The recipient muted the thread; hides comments only. */
  threadMute: 8,
} as const;

/** SQL: the bits of a row of `relation`. */
export const RELATION_BITS = `CASE kind WHEN 'mute' THEN ${Hidden.mute} WHEN 'block' THEN ${Hidden.block} ELSE ${Hidden.blockedBy} END`;
