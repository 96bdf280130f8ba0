-- CreateTable
CREATE TABLE "comment" (
    "id" UUID NOT NULL,
    "post_id" TEXT NOT NULL,
    "post_author_id" TEXT NOT NULL,
    "author_id" TEXT NOT NULL,
    "parent_id" UUID,
    "parent_author_id" TEXT,
    "body" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "edited_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "comment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "thread_level" (
    "user_id" TEXT NOT NULL,
    "post_id" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "outcome" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "thread_level_pkey" PRIMARY KEY ("user_id","post_id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" UUID NOT NULL,
    "aggregatetype" TEXT NOT NULL,
    "aggregateid" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "consumer" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "epoch" TEXT,
    "dispatches" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("consumer","event_id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "actor_id" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "answer" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("actor_id","route","key")
);

-- CreateIndex
CREATE INDEX "comment_post_id_created_at_id_idx" ON "comment"("post_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "comment_post_id_author_id_idx" ON "comment"("post_id", "author_id");

-- CreateIndex
CREATE INDEX "thread_level_post_id_user_id_idx" ON "thread_level"("post_id", "user_id");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- The relay's and the sweep's queues.
CREATE INDEX "delivery_new_idx" ON "delivery" ("consumer", "due_at", "event_id") WHERE "epoch" IS NULL;
CREATE INDEX "delivery_dispatched_idx" ON "delivery" ("consumer", "due_at", "event_id") WHERE "epoch" IS NOT NULL;
