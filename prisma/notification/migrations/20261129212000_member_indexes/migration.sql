-- The newest visible members of a group, in the order of its list of actors.
DROP INDEX "member_visible_idx";
CREATE INDEX "member_visible_idx" ON "member" ("recipient_id", "group_id", "activity_seq" DESC, "actor_id" DESC) WHERE "active" AND "hidden" = 0;

-- Those few who are told of an act because it mentions them (the bit is in reasons.ts), among all who are told of it.
CREATE INDEX "member_mentioned_idx" ON "member" ("act_id", "recipient_id") WHERE "active" AND ("reasons" & 16) <> 0;
