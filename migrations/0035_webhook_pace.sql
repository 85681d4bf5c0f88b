ALTER TABLE `deliveries` ADD `template` text;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `format` text DEFAULT 'json' NOT NULL;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `template` text;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `rateLimit` text;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `rateUsed` integer;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `rateAt` integer;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `ordered` integer DEFAULT false NOT NULL;