-- WITHOUT ROWID is set by hand: such a table is its primary key's own tree, so an insert writes one row and not two.
CREATE TABLE `leads` (
	`seq` integer PRIMARY KEY NOT NULL,
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`number` integer NOT NULL,
	`name` text COLLATE NOCASE NOT NULL,
	`firstName` text,
	`lastName` text,
	`email` text COLLATE NOCASE,
	`mobile` text,
	`secondaryMobile` text,
	`title` text,
	`position` text,
	`company` text,
	`website` text,
	`twitter` text,
	`linkedin` text,
	`notes` text,
	`score` integer,
	`value` integer,
	`currency` text,
	`expectedCloseDate` text,
	`sourceId` text,
	`stageId` text,
	`ownerId` text,
	`assigneeIds` text NOT NULL,
	`tagIds` text NOT NULL,
	`archived` integer NOT NULL,
	`convertedAt` integer,
	`convertedClientId` text,
	`convertedDealId` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `leads_id` ON `leads` (`organizationId`,`id`);--> statement-breakpoint
CREATE INDEX `leads_updatedAt` ON `leads` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `leads_name` ON `leads` (`organizationId`,`name`,`id`);--> statement-breakpoint
CREATE INDEX `leads_score` ON `leads` (`organizationId`,`score`,`id`);--> statement-breakpoint
CREATE INDEX `leads_stageId` ON `leads` (`organizationId`,`stageId`,`id`);--> statement-breakpoint
CREATE INDEX `leads_email` ON `leads` (`organizationId`,`email`,`id`) WHERE "email" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `leads_mobile` ON `leads` (`organizationId`,`mobile`,`id`) WHERE "mobile" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `leads_sourceId` ON `leads` (`organizationId`,`sourceId`,`id`) WHERE "sourceId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `leads_ownerId` ON `leads` (`organizationId`,`ownerId`,`id`) WHERE "ownerId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `leads_archived` ON `leads` (`organizationId`,`archived`,`id`) WHERE "archived" = 1;--> statement-breakpoint
CREATE TABLE `api_keys` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`name` text COLLATE NOCASE NOT NULL,
	`hash` text NOT NULL,
	`pepperId` text NOT NULL,
	`keyPrefix` text NOT NULL,
	`scopes` text NOT NULL,
	`envelope` integer NOT NULL,
	`lastUsedAt` integer,
	`expiresAt` integer,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE TABLE `counters` (
	`organizationId` text NOT NULL,
	`resource` text NOT NULL,
	`value` integer NOT NULL,
	PRIMARY KEY(`organizationId`, `resource`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`organizationId` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`claimedBy` text NOT NULL,
	`claimedAt` integer NOT NULL,
	`answer` text,
	PRIMARY KEY(`organizationId`, `key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idempotency_keys_claimedAt` ON `idempotency_keys` (`claimedAt`);--> statement-breakpoint
CREATE TABLE `links` (
	`organizationId` text NOT NULL,
	`field` text NOT NULL,
	`toId` text NOT NULL,
	`fromId` text NOT NULL,
	PRIMARY KEY(`organizationId`, `field`, `toId`, `fromId`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `organizations` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`timezone` text NOT NULL,
	`currency` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`topics` text
);
--> statement-breakpoint
CREATE TABLE `lead_sources` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`name` text COLLATE NOCASE NOT NULL,
	`position` integer NOT NULL,
	`isActive` integer NOT NULL,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `lead_stages` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`name` text COLLATE NOCASE NOT NULL,
	`type` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `tags` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`name` text COLLATE NOCASE NOT NULL,
	`color` text,
	`type` text,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `users` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`name` text COLLATE NOCASE NOT NULL,
	`email` text COLLATE NOCASE NOT NULL,
	`isActive` integer NOT NULL,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`organizationId`,`email`) WHERE "deletedAt" IS NULL;--> statement-breakpoint
CREATE TABLE `attempts` (
	`deliveryId` text NOT NULL,
	`number` integer NOT NULL,
	`at` integer NOT NULL,
	`trigger` text NOT NULL,
	`url` text NOT NULL,
	`requestHeaders` text NOT NULL,
	`statusCode` integer,
	`durationMs` integer NOT NULL,
	`error` text,
	`responseHeaders` text,
	`responseBody` text,
	`responseTruncated` integer NOT NULL,
	PRIMARY KEY(`deliveryId`, `number`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `deliveries` (
	`webhookId` text NOT NULL,
	`id` text NOT NULL,
	`organizationId` text NOT NULL,
	`eventId` text NOT NULL,
	`event` text NOT NULL,
	`status` text NOT NULL,
	`test` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`attemptsMade` integer NOT NULL,
	`lastAttempt` integer NOT NULL,
	`lastStatusCode` integer,
	`nextAttemptAt` integer,
	`manualWaiting` integer NOT NULL,
	`dueAt` integer,
	`leaseUntil` integer,
	`lease` text,
	PRIMARY KEY(`webhookId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`dueAt`) WHERE "dueAt" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `events` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`entityId` text,
	`createdAt` integer NOT NULL,
	`test` integer NOT NULL,
	`payload` text NOT NULL,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `webhooks` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`name` text,
	`url` text NOT NULL,
	`events` text NOT NULL,
	`description` text,
	`method` text NOT NULL,
	`headers` text,
	`status` text NOT NULL,
	`skipSystem` integer NOT NULL,
	`secret` text,
	`secretPrefix` text,
	`previousSecret` text,
	`previousSecretExpiresAt` integer,
	`disabledAt` integer,
	`disabledReason` text,
	`lastDeliveredAt` integer,
	`consecutiveFailures` integer NOT NULL,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
