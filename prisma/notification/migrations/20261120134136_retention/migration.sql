-- CreateIndex
CREATE INDEX "act_updated_at_idx" ON "act"("updated_at");
