CREATE TABLE `notification_targets` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`to` text NOT NULL,
	`events` text NOT NULL,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `notification_targets_updatedAt` ON `notification_targets` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `notification_targets_deletedAt` ON `notification_targets` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `notification_targets_live` ON `notification_targets` (`organizationId`,`id`) WHERE "deletedAt" IS NULL;--> statement-breakpoint
CREATE TABLE `notifications` (
	`organizationId` text NOT NULL,
	`key` text NOT NULL,
	`targetId` text NOT NULL,
	`event` text NOT NULL,
	`subject` text NOT NULL,
	`at` integer NOT NULL,
	`dueAt` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`organizationId`, `key`, `targetId`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `notifications_dueAt` ON `notifications` (`dueAt`) WHERE "dueAt" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `notifications_at` ON `notifications` (`at`);--> statement-breakpoint
CREATE TRIGGER "notification_targets_weight_insert" AFTER INSERT ON "notification_targets"
	WHEN ((octet_length("new"."organizationId") + octet_length("new"."id") + octet_length("new"."name") + octet_length("new"."type") + octet_length("new"."to") + octet_length("new"."events") - 1) / 4096 * 4096) > 0 AND NOT EXISTS (SELECT 1 FROM "weighings" AS weighing WHERE weighing."table" = 'notification_targets' AND ("new"."organizationId", "new"."id") > (weighing."after"->>0, weighing."after"->>1)) BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", 'notification_targets', 0, "bytes" FROM (SELECT "new"."organizationId" AS "owner", ((octet_length("new"."organizationId") + octet_length("new"."id") + octet_length("new"."name") + octet_length("new"."type") + octet_length("new"."to") + octet_length("new"."events") - 1) / 4096 * 4096) AS "bytes") WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess";
END;
--> statement-breakpoint
CREATE TRIGGER "notification_targets_weight_update" AFTER UPDATE ON "notification_targets"
	WHEN ((octet_length("new"."organizationId") + octet_length("new"."id") + octet_length("new"."name") + octet_length("new"."type") + octet_length("new"."to") + octet_length("new"."events") - 1) / 4096 * 4096) <> ((octet_length("old"."organizationId") + octet_length("old"."id") + octet_length("old"."name") + octet_length("old"."type") + octet_length("old"."to") + octet_length("old"."events") - 1) / 4096 * 4096) AND NOT EXISTS (SELECT 1 FROM "weighings" AS weighing WHERE weighing."table" = 'notification_targets' AND ("new"."organizationId", "new"."id") > (weighing."after"->>0, weighing."after"->>1)) BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", 'notification_targets', 0, "bytes" FROM (SELECT "new"."organizationId" AS "owner", ((octet_length("new"."organizationId") + octet_length("new"."id") + octet_length("new"."name") + octet_length("new"."type") + octet_length("new"."to") + octet_length("new"."events") - 1) / 4096 * 4096) - ((octet_length("old"."organizationId") + octet_length("old"."id") + octet_length("old"."name") + octet_length("old"."type") + octet_length("old"."to") + octet_length("old"."events") - 1) / 4096 * 4096) AS "bytes") WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess";
END;
--> statement-breakpoint
CREATE TRIGGER "notification_targets_weight_delete" AFTER DELETE ON "notification_targets"
	WHEN ((octet_length("old"."organizationId") + octet_length("old"."id") + octet_length("old"."name") + octet_length("old"."type") + octet_length("old"."to") + octet_length("old"."events") - 1) / 4096 * 4096) > 0 AND NOT EXISTS (SELECT 1 FROM "weighings" AS weighing WHERE weighing."table" = 'notification_targets' AND ("old"."organizationId", "old"."id") > (weighing."after"->>0, weighing."after"->>1)) BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", 'notification_targets', 0, "bytes" FROM (SELECT "old"."organizationId" AS "owner", -((octet_length("old"."organizationId") + octet_length("old"."id") + octet_length("old"."name") + octet_length("old"."type") + octet_length("old"."to") + octet_length("old"."events") - 1) / 4096 * 4096) AS "bytes") WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess";
END;
