ALTER TABLE `attempts` ADD `counted` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `api_keys_live` ON `api_keys` (`organizationId`,`expiresAt`) WHERE "deletedAt" IS NULL;