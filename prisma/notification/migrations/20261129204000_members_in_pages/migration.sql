-- What somebody was told of by one actor is read in pages, by act.
-- DropIndex
DROP INDEX "member_recipient_id_actor_id_idx";

-- CreateIndex
CREATE INDEX "member_recipient_id_actor_id_act_id_idx" ON "member"("recipient_id", "actor_id", "act_id");

-- Under a post, too: "member_post_idx" has them in that order, and nothing else asked for this one.
DROP INDEX "member_thread_idx";
