-- AlterTable
ALTER TABLE "fan_out" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "died_at" TIMESTAMPTZ(3),
ADD COLUMN     "error" TEXT;

-- Fan-outs that are neither done nor given up.
DROP INDEX "fan_out_open_idx";
CREATE INDEX "fan_out_open_idx" ON "fan_out" ("updated_at", "event_id", "part") WHERE "done_at" IS NULL AND "died_at" IS NULL;
-- Fan-outs that are one or the other, oldest first: what retention looks at.
CREATE INDEX "fan_out_ended_idx" ON "fan_out" (coalesce("done_at", "died_at")) WHERE coalesce("done_at", "died_at") IS NOT NULL;
