ALTER TABLE `webhooks` ADD `heldFrom` integer;--> statement-breakpoint
CREATE INDEX `webhooks_held` ON `webhooks` (`id`) WHERE "heldFrom" IS NOT NULL AND "deletedAt" IS NULL;