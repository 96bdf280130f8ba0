-- Dead letters of a consumer are of one queue: its name only kept lists from using their index.
-- DropIndex
DROP INDEX "dead_letter_queue_died_at_id_idx";

-- CreateIndex
CREATE INDEX "dead_letter_died_at_id_idx" ON "dead_letter"("died_at", "id");

-- Those few that are to be redriven, among all that is settled.
CREATE INDEX "ledger_pending_idx" ON "ledger" ("event_id") WHERE "status" = 'pending';
