-- CreateIndex
CREATE INDEX "act_updated_at_idx" ON "act"("updated_at");

-- Finished fan-outs, oldest first; Prisma can't say it.
CREATE INDEX "fan_out_done_idx" ON "fan_out" ("done_at") WHERE "done_at" IS NOT NULL;
