-- CreateTable
CREATE TABLE "act" (
    "id" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "removed_version" INTEGER NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "act_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member" (
    "recipient_id" TEXT NOT NULL,
    "act_id" TEXT NOT NULL,
    "group_id" UUID NOT NULL,
    "actor_id" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "subject_act" TEXT,
    "post_id" TEXT,
    "reasons" INTEGER NOT NULL,
    "reaction" TEXT,
    "version" INTEGER NOT NULL,
    "active" BOOLEAN NOT NULL,
    "hidden" INTEGER NOT NULL DEFAULT 0,
    "activity_seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "member_pkey" PRIMARY KEY ("recipient_id","act_id")
);

-- CreateTable
CREATE TABLE "inbox_group" (
    "recipient_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "actor_count" INTEGER NOT NULL DEFAULT 0,
    "act_count" INTEGER NOT NULL DEFAULT 0,
    "actor_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "reactions" JSONB NOT NULL DEFAULT '{}',
    "seq" BIGINT NOT NULL DEFAULT 0,
    "activity_seq" BIGINT NOT NULL DEFAULT 0,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "latest_at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3),
    "archived_at" TIMESTAMPTZ(3),
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_group_pkey" PRIMARY KEY ("recipient_id","id")
);

-- CreateTable
CREATE TABLE "inbox_state" (
    "recipient_id" TEXT NOT NULL,
    "seq" BIGINT NOT NULL DEFAULT 0,
    "floor_seq" BIGINT NOT NULL DEFAULT 0,
    "seen_seq" BIGINT NOT NULL DEFAULT 0,
    "unread" INTEGER NOT NULL DEFAULT 0,
    "unseen" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "inbox_state_pkey" PRIMARY KEY ("recipient_id")
);

-- CreateTable
CREATE TABLE "relation" (
    "recipient_id" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "relation_pkey" PRIMARY KEY ("recipient_id","actor_id","kind")
);

-- CreateTable
CREATE TABLE "thread_mute" (
    "recipient_id" TEXT NOT NULL,
    "post_id" TEXT NOT NULL,
    "muted" BOOLEAN NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "thread_mute_pkey" PRIMARY KEY ("recipient_id","post_id")
);

-- CreateTable
CREATE TABLE "fan_out" (
    "event_id" UUID NOT NULL,
    "part" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "after_key" TEXT NOT NULL,
    "leased_until" TIMESTAMPTZ(3),
    "done_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "fan_out_pkey" PRIMARY KEY ("event_id","part")
);

-- CreateTable
CREATE TABLE "stream_ticket" (
    "hash" TEXT NOT NULL,
    "recipient_id" TEXT NOT NULL,
    "token_expires_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stream_ticket_pkey" PRIMARY KEY ("hash")
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
CREATE INDEX "member_recipient_id_actor_id_idx" ON "member"("recipient_id", "actor_id");

-- CreateIndex
CREATE INDEX "member_recipient_id_group_id_actor_id_idx" ON "member"("recipient_id", "group_id", "actor_id");

-- CreateIndex
CREATE INDEX "member_act_id_recipient_id_idx" ON "member"("act_id", "recipient_id");

-- CreateIndex
CREATE INDEX "inbox_group_recipient_id_seq_idx" ON "inbox_group"("recipient_id", "seq");

-- CreateIndex
CREATE INDEX "relation_recipient_id_kind_created_at_actor_id_idx" ON "relation"("recipient_id", "kind", "created_at" DESC, "actor_id" DESC);

-- CreateIndex
CREATE INDEX "stream_ticket_expires_at_idx" ON "stream_ticket"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "dead_letter_event_id_key" ON "dead_letter"("event_id");

-- CreateIndex
CREATE INDEX "dead_letter_queue_died_at_id_idx" ON "dead_letter"("queue", "died_at", "id");

-- A recipient has one open group of a key: the database's own guard behind the lock.
CREATE UNIQUE INDEX "inbox_group_open_key" ON "inbox_group" ("recipient_id", "key") WHERE "closed_at" IS NULL;
-- The list, newest activity first, and the unread ones of it.
CREATE INDEX "inbox_group_list_idx" ON "inbox_group" ("recipient_id", "activity_seq" DESC) WHERE "actor_count" > 0;
CREATE INDEX "inbox_group_unread_idx" ON "inbox_group" ("recipient_id", "activity_seq" DESC) WHERE "actor_count" > 0 AND "read_at" IS NULL AND "archived_at" IS NULL;
-- The newest visible members of a group.
CREATE INDEX "member_visible_idx" ON "member" ("recipient_id", "group_id", "activity_seq" DESC) WHERE "active" AND "hidden" = 0;
-- What a removed comment or post takes along.
CREATE INDEX "member_subject_act_idx" ON "member" ("subject_act", "recipient_id", "act_id") WHERE "subject_act" IS NOT NULL AND "active";
CREATE INDEX "member_post_idx" ON "member" ("post_id", "recipient_id", "act_id") WHERE "post_id" IS NOT NULL AND "active";
-- What a thread mute hides.
CREATE INDEX "member_thread_idx" ON "member" ("recipient_id", "post_id") WHERE "post_id" IS NOT NULL;
-- Fan-outs that are not done.
CREATE INDEX "fan_out_open_idx" ON "fan_out" ("updated_at", "event_id", "part") WHERE "done_at" IS NULL;
-- What retention looks at first.
CREATE INDEX "inbox_group_retention_idx" ON "inbox_group" ("changed_at");
