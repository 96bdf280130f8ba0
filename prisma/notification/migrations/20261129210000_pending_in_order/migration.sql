-- Those that are to be redriven in the order in which they are: claiming one reads one.
DROP INDEX "ledger_pending_idx";
CREATE INDEX "ledger_pending_idx" ON "ledger" ("updated_at", "event_id") WHERE "status" = 'pending';
