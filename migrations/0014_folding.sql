CREATE TABLE `refolds` (
	`table` text PRIMARY KEY NOT NULL,
	`organizationId` text NOT NULL,
	`id` text NOT NULL
);
--> statement-breakpoint
DROP INDEX `lead_sources_name`;--> statement-breakpoint
ALTER TABLE `lead_sources` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `lead_sources` ADD `nameKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'name', "name")) VIRTUAL;--> statement-breakpoint
CREATE INDEX `lead_sources_nameKey` ON `lead_sources` (`organizationId`,`nameKey`,`id`);--> statement-breakpoint
DROP INDEX `lead_stages_name`;--> statement-breakpoint
ALTER TABLE `lead_stages` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `lead_stages` ADD `nameKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'name', "name")) VIRTUAL;--> statement-breakpoint
CREATE INDEX `lead_stages_nameKey` ON `lead_stages` (`organizationId`,`nameKey`,`id`);--> statement-breakpoint
DROP INDEX `tags_name`;--> statement-breakpoint
ALTER TABLE `tags` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `tags` ADD `nameKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'name', "name")) VIRTUAL;--> statement-breakpoint
CREATE INDEX `tags_nameKey` ON `tags` (`organizationId`,`nameKey`,`id`);--> statement-breakpoint
DROP INDEX `users_name`;--> statement-breakpoint
DROP INDEX `users_email`;--> statement-breakpoint
ALTER TABLE `users` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `users` ADD `nameKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'name', "name")) VIRTUAL;--> statement-breakpoint
ALTER TABLE `users` ADD `emailKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'email', "email")) VIRTUAL;--> statement-breakpoint
CREATE INDEX `users_nameKey` ON `users` (`organizationId`,`nameKey`,`id`);--> statement-breakpoint
CREATE INDEX `users_email` ON `users` (`organizationId`,`emailKey`,`id`);--> statement-breakpoint
DROP INDEX `clients_name`;--> statement-breakpoint
DROP INDEX `clients_email`;--> statement-breakpoint
DROP INDEX `clients_phone`;--> statement-breakpoint
DROP INDEX `clients_taxNumber`;--> statement-breakpoint
ALTER TABLE `clients` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `nameKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'name', "name")) VIRTUAL;--> statement-breakpoint
ALTER TABLE `clients` ADD `emailKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'email', "email")) VIRTUAL;--> statement-breakpoint
ALTER TABLE `clients` ADD `phoneKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'phone', "phone")) VIRTUAL;--> statement-breakpoint
ALTER TABLE `clients` ADD `taxNumberKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'taxNumber', "taxNumber")) VIRTUAL;--> statement-breakpoint
CREATE INDEX `clients_name` ON `clients` (`organizationId`,`nameKey`,`id`);--> statement-breakpoint
CREATE INDEX `clients_email` ON `clients` (`organizationId`,`emailKey`,`id`) WHERE "emailKey" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_phone` ON `clients` (`organizationId`,`phoneKey`,`id`) WHERE "phoneKey" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_taxNumber` ON `clients` (`organizationId`,`taxNumberKey`,`id`) WHERE "taxNumberKey" IS NOT NULL;--> statement-breakpoint
DROP INDEX `deals_title`;--> statement-breakpoint
ALTER TABLE `deals` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `deals` ADD `titleKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'title', "title")) VIRTUAL;--> statement-breakpoint
CREATE INDEX `deals_title` ON `deals` (`organizationId`,`titleKey`,`id`);--> statement-breakpoint
DROP INDEX `pipelines_name`;--> statement-breakpoint
ALTER TABLE `pipelines` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `pipelines` ADD `nameKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'name', "name")) VIRTUAL;--> statement-breakpoint
CREATE INDEX `pipelines_name` ON `pipelines` (`organizationId`,`nameKey`,`id`);--> statement-breakpoint
DROP INDEX `forms_title`;--> statement-breakpoint
ALTER TABLE `forms` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `forms` ADD `titleKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'title', "title")) VIRTUAL;--> statement-breakpoint
CREATE INDEX `forms_title` ON `forms` (`organizationId`,`titleKey`,`id`);--> statement-breakpoint
DROP INDEX `leads_name`;--> statement-breakpoint
DROP INDEX `leads_email`;--> statement-breakpoint
DROP INDEX `leads_mobile`;--> statement-breakpoint
ALTER TABLE `leads` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `leads` ADD `nameKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'name', "name")) VIRTUAL;--> statement-breakpoint
ALTER TABLE `leads` ADD `emailKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'email', "email")) VIRTUAL;--> statement-breakpoint
ALTER TABLE `leads` ADD `mobileKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'mobile', "mobile")) VIRTUAL;--> statement-breakpoint
CREATE INDEX `leads_name` ON `leads` (`organizationId`,`nameKey`,`id`);--> statement-breakpoint
CREATE INDEX `leads_email` ON `leads` (`organizationId`,`emailKey`,`id`) WHERE "emailKey" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `leads_mobile` ON `leads` (`organizationId`,`mobileKey`,`id`) WHERE "mobileKey" IS NOT NULL;--> statement-breakpoint
DROP INDEX `products_name`;--> statement-breakpoint
DROP INDEX `products_sku`;--> statement-breakpoint
ALTER TABLE `products` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `products` ADD `nameKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'name', "name")) VIRTUAL;--> statement-breakpoint
ALTER TABLE `products` ADD `skuKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'sku', "sku")) VIRTUAL;--> statement-breakpoint
CREATE INDEX `products_name` ON `products` (`organizationId`,`nameKey`,`id`);--> statement-breakpoint
CREATE INDEX `products_sku` ON `products` (`organizationId`,`skuKey`,`id`) WHERE "skuKey" IS NOT NULL;--> statement-breakpoint
DROP INDEX `tasks_title`;--> statement-breakpoint
ALTER TABLE `tasks` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `titleKey` text COLLATE NOCASE GENERATED ALWAYS AS (coalesce("folded"->>'title', "title")) VIRTUAL;--> statement-breakpoint
CREATE INDEX `tasks_title` ON `tasks` (`organizationId`,`titleKey`,`id`);--> statement-breakpoint
ALTER TABLE `invoices` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `quotations` ADD `folded` text;