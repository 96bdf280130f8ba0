-- A page of followers asks for those of a moment, in order of their ids: with the time in the index no page reads and
-- sorts all followers of somebody.
CREATE INDEX "follow_followers_page_idx" ON "follow" ("followee_id", "follower_id") INCLUDE ("followed_at") WHERE NOT "removed";
DROP INDEX "follow_followers_idx";
