-- WITHOUT ROWID is set by hand: such a table is its primary key's own tree, so an insert writes one row and not two.
CREATE TABLE `clients` (
	`seq` integer PRIMARY KEY NOT NULL,
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`custom` text NOT NULL,
	`number` integer NOT NULL,
	`type` text NOT NULL,
	`name` text COLLATE NOCASE NOT NULL,
	`firstName` text,
	`lastName` text,
	`salutation` text,
	`email` text COLLATE NOCASE,
	`phone` text,
	`jobTitle` text,
	`website` text,
	`linkedin` text,
	`description` text,
	`taxNumber` text COLLATE NOCASE,
	`billingAddress` text,
	`openingBalance` integer,
	`currency` text,
	`primaryContact` text,
	`companyId` text,
	`ownerId` text,
	`sourceId` text,
	`tagIds` text NOT NULL,
	`internalNotes` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `clients_id` ON `clients` (`organizationId`,`id`);--> statement-breakpoint
CREATE INDEX `clients_updatedAt` ON `clients` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `clients_name` ON `clients` (`organizationId`,`name`,`id`);--> statement-breakpoint
CREATE INDEX `clients_type` ON `clients` (`organizationId`,`type`,`id`);--> statement-breakpoint
CREATE INDEX `clients_email` ON `clients` (`organizationId`,`email`,`id`) WHERE "email" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_phone` ON `clients` (`organizationId`,`phone`,`id`) WHERE "phone" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_taxNumber` ON `clients` (`organizationId`,`taxNumber`,`id`) WHERE "taxNumber" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_companyId` ON `clients` (`organizationId`,`companyId`,`id`) WHERE "companyId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_ownerId` ON `clients` (`organizationId`,`ownerId`,`id`) WHERE "ownerId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_sourceId` ON `clients` (`organizationId`,`sourceId`,`id`) WHERE "sourceId" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `conversations` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`conversationType` text NOT NULL,
	`agentId` text,
	`agentName` text,
	`status` text NOT NULL,
	`outcome` text,
	`summary` text,
	`duration` integer,
	`direction` text,
	`agentNumber` text,
	`contactNumber` text,
	`twilioCallSid` text,
	`messageCount` integer,
	`callMetadata` text,
	`chatMetadata` text,
	`metadata` text NOT NULL,
	`startedAt` integer,
	`endedAt` integer,
	`leadId` text,
	`clientId` text,
	`announced` text NOT NULL,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `conversations_updatedAt` ON `conversations` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `conversations_status` ON `conversations` (`organizationId`,`status`,`id`);--> statement-breakpoint
CREATE INDEX `conversations_agentId` ON `conversations` (`organizationId`,`agentId`,`id`) WHERE "agentId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `conversations_contactNumber` ON `conversations` (`organizationId`,`contactNumber`,`id`) WHERE "contactNumber" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `conversations_leadId` ON `conversations` (`organizationId`,`leadId`,`id`) WHERE "leadId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `conversations_clientId` ON `conversations` (`organizationId`,`clientId`,`id`) WHERE "clientId" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `messages` (
	`organizationId` text NOT NULL,
	`conversationId` text NOT NULL,
	`id` text NOT NULL,
	`role` text NOT NULL,
	`text` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`organizationId`, `conversationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `custom_fields` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`entity` text NOT NULL,
	`label` text COLLATE NOCASE NOT NULL,
	`key` text NOT NULL,
	`type` text NOT NULL,
	`options` text NOT NULL,
	`required` integer NOT NULL,
	`unique` integer NOT NULL,
	`helpText` text,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `deals` (
	`seq` integer PRIMARY KEY NOT NULL,
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`custom` text NOT NULL,
	`number` integer NOT NULL,
	`title` text COLLATE NOCASE NOT NULL,
	`clientId` text NOT NULL,
	`pipelineId` text NOT NULL,
	`stageId` text NOT NULL,
	`status` text NOT NULL,
	`probability` integer,
	`leadId` text,
	`sourceId` text,
	`ownerId` text,
	`assigneeIds` text NOT NULL,
	`contactIds` text NOT NULL,
	`tagIds` text NOT NULL,
	`price` integer,
	`lineItems` text NOT NULL,
	`currency` text NOT NULL,
	`isInclusiveTax` integer NOT NULL,
	`expectedCloseDate` text,
	`priority` text,
	`lostReason` text,
	`wonAt` integer,
	`lostAt` integer,
	`stageChangedAt` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deals_id` ON `deals` (`organizationId`,`id`);--> statement-breakpoint
CREATE INDEX `deals_updatedAt` ON `deals` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `deals_title` ON `deals` (`organizationId`,`title`,`id`);--> statement-breakpoint
CREATE INDEX `deals_price` ON `deals` (`organizationId`,`price`,`id`);--> statement-breakpoint
CREATE INDEX `deals_expectedCloseDate` ON `deals` (`organizationId`,`expectedCloseDate`,`id`);--> statement-breakpoint
CREATE INDEX `deals_status` ON `deals` (`organizationId`,`status`,`id`);--> statement-breakpoint
CREATE INDEX `deals_pipelineId` ON `deals` (`organizationId`,`pipelineId`,`id`);--> statement-breakpoint
CREATE INDEX `deals_stageId` ON `deals` (`organizationId`,`stageId`,`id`);--> statement-breakpoint
CREATE INDEX `deals_clientId` ON `deals` (`organizationId`,`clientId`,`id`);--> statement-breakpoint
CREATE INDEX `deals_leadId` ON `deals` (`organizationId`,`leadId`,`id`) WHERE "leadId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `deals_sourceId` ON `deals` (`organizationId`,`sourceId`,`id`) WHERE "sourceId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `deals_ownerId` ON `deals` (`organizationId`,`ownerId`,`id`) WHERE "ownerId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `deals_priority` ON `deals` (`organizationId`,`priority`,`id`) WHERE "priority" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `pipelines` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`name` text COLLATE NOCASE NOT NULL,
	`position` integer NOT NULL,
	`isDefault` integer NOT NULL,
	`stages` text NOT NULL,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `form_responses` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`formId` text NOT NULL,
	`answers` text NOT NULL,
	`source` text,
	`leadId` text,
	`submittedAt` integer NOT NULL,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `form_responses_updatedAt` ON `form_responses` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `form_responses_formId` ON `form_responses` (`organizationId`,`formId`,`id`);--> statement-breakpoint
CREATE TABLE `forms` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`title` text COLLATE NOCASE NOT NULL,
	`description` text,
	`fields` text NOT NULL,
	`isActive` integer NOT NULL,
	`submissionCount` integer NOT NULL,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `leads` (
	`seq` integer PRIMARY KEY NOT NULL,
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`custom` text NOT NULL,
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
CREATE TABLE `products` (
	`seq` integer PRIMARY KEY NOT NULL,
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`name` text COLLATE NOCASE NOT NULL,
	`type` text NOT NULL,
	`price` integer NOT NULL,
	`currency` text,
	`sku` text COLLATE NOCASE,
	`description` text,
	`buyPrice` integer,
	`taxPercent` integer,
	`isActive` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `products_id` ON `products` (`organizationId`,`id`);--> statement-breakpoint
CREATE INDEX `products_updatedAt` ON `products` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `products_name` ON `products` (`organizationId`,`name`,`id`);--> statement-breakpoint
CREATE INDEX `products_price` ON `products` (`organizationId`,`price`,`id`);--> statement-breakpoint
CREATE INDEX `products_type` ON `products` (`organizationId`,`type`,`id`);--> statement-breakpoint
CREATE INDEX `products_sku` ON `products` (`organizationId`,`sku`,`id`) WHERE "sku" IS NOT NULL;--> statement-breakpoint
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
CREATE INDEX `users_email` ON `users` (`organizationId`,`email`,`id`);--> statement-breakpoint
CREATE TABLE `invoices` (
	`seq` integer PRIMARY KEY NOT NULL,
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`custom` text NOT NULL,
	`number` integer NOT NULL,
	`clientId` text NOT NULL,
	`quotationId` text,
	`dealId` text,
	`date` text NOT NULL,
	`dueDate` text NOT NULL,
	`subject` text,
	`notes` text,
	`status` text NOT NULL,
	`lineItems` text NOT NULL,
	`currency` text NOT NULL,
	`isInclusiveTax` integer NOT NULL,
	`subtotal` integer NOT NULL,
	`discountTotal` integer NOT NULL,
	`taxTotal` integer NOT NULL,
	`total` integer NOT NULL,
	`payments` text NOT NULL,
	`paidTotal` integer NOT NULL,
	`dueTotal` integer NOT NULL,
	`ownerId` text,
	`tagIds` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invoices_id` ON `invoices` (`organizationId`,`id`);--> statement-breakpoint
CREATE INDEX `invoices_updatedAt` ON `invoices` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `invoices_number` ON `invoices` (`organizationId`,`number`,`id`);--> statement-breakpoint
CREATE INDEX `invoices_date` ON `invoices` (`organizationId`,`date`,`id`);--> statement-breakpoint
CREATE INDEX `invoices_dueDate` ON `invoices` (`organizationId`,`dueDate`,`id`);--> statement-breakpoint
CREATE INDEX `invoices_total` ON `invoices` (`organizationId`,`total`,`id`);--> statement-breakpoint
CREATE INDEX `invoices_status` ON `invoices` (`organizationId`,`status`,`id`);--> statement-breakpoint
CREATE INDEX `invoices_clientId` ON `invoices` (`organizationId`,`clientId`,`id`);--> statement-breakpoint
CREATE INDEX `invoices_quotationId` ON `invoices` (`organizationId`,`quotationId`,`id`) WHERE "quotationId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `invoices_dealId` ON `invoices` (`organizationId`,`dealId`,`id`) WHERE "dealId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `invoices_ownerId` ON `invoices` (`organizationId`,`ownerId`,`id`) WHERE "ownerId" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `quotations` (
	`seq` integer PRIMARY KEY NOT NULL,
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`custom` text NOT NULL,
	`number` integer NOT NULL,
	`clientId` text NOT NULL,
	`contactId` text,
	`dealId` text,
	`date` text NOT NULL,
	`expiryDate` text,
	`subject` text,
	`status` text NOT NULL,
	`acceptedAt` integer,
	`rejectedAt` integer,
	`lineItems` text NOT NULL,
	`currency` text NOT NULL,
	`isInclusiveTax` integer NOT NULL,
	`subtotal` integer NOT NULL,
	`discountTotal` integer NOT NULL,
	`taxTotal` integer NOT NULL,
	`total` integer NOT NULL,
	`internalNotes` text,
	`ownerId` text,
	`tagIds` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `quotations_id` ON `quotations` (`organizationId`,`id`);--> statement-breakpoint
CREATE INDEX `quotations_updatedAt` ON `quotations` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `quotations_number` ON `quotations` (`organizationId`,`number`,`id`);--> statement-breakpoint
CREATE INDEX `quotations_date` ON `quotations` (`organizationId`,`date`,`id`);--> statement-breakpoint
CREATE INDEX `quotations_expiryDate` ON `quotations` (`organizationId`,`expiryDate`,`id`);--> statement-breakpoint
CREATE INDEX `quotations_total` ON `quotations` (`organizationId`,`total`,`id`);--> statement-breakpoint
CREATE INDEX `quotations_status` ON `quotations` (`organizationId`,`status`,`id`);--> statement-breakpoint
CREATE INDEX `quotations_clientId` ON `quotations` (`organizationId`,`clientId`,`id`);--> statement-breakpoint
CREATE INDEX `quotations_contactId` ON `quotations` (`organizationId`,`contactId`,`id`) WHERE "contactId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `quotations_dealId` ON `quotations` (`organizationId`,`dealId`,`id`) WHERE "dealId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `quotations_ownerId` ON `quotations` (`organizationId`,`ownerId`,`id`) WHERE "ownerId" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `tasks` (
	`seq` integer PRIMARY KEY NOT NULL,
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	`deletedAt` integer,
	`custom` text NOT NULL,
	`number` integer NOT NULL,
	`title` text COLLATE NOCASE NOT NULL,
	`description` text,
	`status` text NOT NULL,
	`type` text NOT NULL,
	`priority` text,
	`startDate` text,
	`dueDate` text,
	`durationMinutes` integer,
	`ownerId` text,
	`assigneeIds` text NOT NULL,
	`tagIds` text NOT NULL,
	`entity` text,
	`entityId` text,
	`completedAt` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_id` ON `tasks` (`organizationId`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_updatedAt` ON `tasks` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_dueDate` ON `tasks` (`organizationId`,`dueDate`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_title` ON `tasks` (`organizationId`,`title`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_status` ON `tasks` (`organizationId`,`status`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_type` ON `tasks` (`organizationId`,`type`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_priority` ON `tasks` (`organizationId`,`priority`,`id`) WHERE "priority" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_ownerId` ON `tasks` (`organizationId`,`ownerId`,`id`) WHERE "ownerId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_entityId` ON `tasks` (`organizationId`,`entityId`,`id`) WHERE "entityId" IS NOT NULL;--> statement-breakpoint
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
CREATE TABLE `delivery_hours` (
	`webhookId` text NOT NULL,
	`hour` integer NOT NULL,
	`successes` integer NOT NULL,
	`failures` integer NOT NULL,
	`durations` text NOT NULL,
	PRIMARY KEY(`webhookId`, `hour`)
) WITHOUT ROWID;
--> statement-breakpoint
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
	`failingSince` integer,
	`exhausted` integer NOT NULL,
	`pausedUntil` integer,
	`pauseSeconds` integer,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
