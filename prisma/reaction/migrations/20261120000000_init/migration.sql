-- CreateTable
CREATE TABLE "reaction" (
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "subject_author_id" TEXT NOT NULL,
    "post_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "previous_type" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "removed" BOOLEAN NOT NULL DEFAULT false,
    "outcome" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reaction_pkey" PRIMARY KEY ("subject_kind","subject_id","actor_id")
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
CREATE UNIQUE INDEX "reaction_id_key" ON "reaction"("id");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- The relay's and the sweep's queues.
CREATE INDEX "delivery_new_idx" ON "delivery" ("consumer", "due_at", "event_id") WHERE "epoch" IS NULL;
CREATE INDEX "delivery_dispatched_idx" ON "delivery" ("consumer", "due_at", "event_id") WHERE "epoch" IS NOT NULL;

-- Who reacted, newest first.
CREATE INDEX "reaction_newest_idx" ON "reaction" ("subject_kind", "subject_id", "created_at" DESC, "id" DESC) WHERE NOT "removed";
