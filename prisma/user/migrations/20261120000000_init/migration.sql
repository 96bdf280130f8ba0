-- CreateTable
CREATE TABLE "profile" (
    "id" TEXT NOT NULL,
    "handle" TEXT NOT NULL,
    "handle_key" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "avatar_url" TEXT,
    "locale" TEXT,
    "time_zone" TEXT,
    "email" TEXT,
    "follower_count" INTEGER NOT NULL DEFAULT 0,
    "following_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "profile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "follow" (
    "follower_id" TEXT NOT NULL,
    "followee_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "removed" BOOLEAN NOT NULL DEFAULT false,
    "outcome" TEXT NOT NULL,
    "followed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "follow_pkey" PRIMARY KEY ("follower_id","followee_id")
);

-- CreateTable
CREATE TABLE "activity" (
    "user_id" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "verb" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "activity_pkey" PRIMARY KEY ("user_id","event_id")
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
CREATE UNIQUE INDEX "profile_handle_key_key" ON "profile"("handle_key");

-- CreateIndex
CREATE INDEX "activity_user_id_at_event_id_idx" ON "activity"("user_id", "at" DESC, "event_id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "dead_letter_event_id_key" ON "dead_letter"("event_id");

-- CreateIndex
CREATE INDEX "dead_letter_queue_died_at_id_idx" ON "dead_letter"("queue", "died_at", "id");

-- The relay's and the sweep's queues.
CREATE INDEX "delivery_new_idx" ON "delivery" ("consumer", "due_at", "event_id") WHERE "epoch" IS NULL;
CREATE INDEX "delivery_dispatched_idx" ON "delivery" ("consumer", "due_at", "event_id") WHERE "epoch" IS NOT NULL;

-- Pages of followers and of followed people.
CREATE INDEX "follow_followers_idx" ON "follow" ("followee_id", "follower_id") WHERE NOT "removed";
CREATE INDEX "follow_followers_newest_idx" ON "follow" ("followee_id", "followed_at" DESC, "follower_id" DESC) WHERE NOT "removed";
CREATE INDEX "follow_following_newest_idx" ON "follow" ("follower_id", "followed_at" DESC, "followee_id" DESC) WHERE NOT "removed";
