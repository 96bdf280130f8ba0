-- CreateTable
CREATE TABLE "post_counter" (
    "post_id" TEXT NOT NULL,
    "reactions" JSONB NOT NULL DEFAULT '{}',
    "comments" INTEGER NOT NULL DEFAULT 0,
    "commenters" INTEGER NOT NULL DEFAULT 0,
    "removed" BOOLEAN NOT NULL DEFAULT false,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "post_counter_pkey" PRIMARY KEY ("post_id")
);

-- CreateTable
CREATE TABLE "hour_bucket" (
    "post_id" TEXT NOT NULL,
    "metric" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "value" INTEGER NOT NULL,

    CONSTRAINT "hour_bucket_pkey" PRIMARY KEY ("post_id","metric","hour")
);

-- CreateTable
CREATE TABLE "commenter" (
    "post_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "comments" INTEGER NOT NULL,

    CONSTRAINT "commenter_pkey" PRIMARY KEY ("post_id","user_id")
);

-- CreateTable
CREATE TABLE "ledger" (
    "event_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ledger_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "dead_letter" (
    "id" UUID NOT NULL,
    "event_id" UUID,
    "queue" TEXT NOT NULL,
    "type" TEXT,
    "payload" TEXT NOT NULL,
    "error" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "died_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "hour_bucket_hour_post_id_idx" ON "hour_bucket"("hour", "post_id");

-- CreateIndex
CREATE UNIQUE INDEX "dead_letter_event_id_key" ON "dead_letter"("event_id");

-- CreateIndex
CREATE INDEX "dead_letter_queue_died_at_id_idx" ON "dead_letter"("queue", "died_at", "id");
