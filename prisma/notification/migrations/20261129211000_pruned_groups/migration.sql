-- A group may have more members than one statement can delete: they go after it, in pages.
-- CreateTable
CREATE TABLE "pruned_group" (
    "recipient_id" TEXT NOT NULL,
    "id" UUID NOT NULL,

    CONSTRAINT "pruned_group_pkey" PRIMARY KEY ("recipient_id","id")
);
