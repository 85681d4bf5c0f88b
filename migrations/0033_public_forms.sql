ALTER TABLE `forms` ADD `isPublic` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `forms` ADD `allowedOrigins` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `forms` ADD `redirectUrl` text;--> statement-breakpoint
ALTER TABLE `forms` ADD `matchBy` text DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE `forms` ADD `turnstileSiteKey` text;--> statement-breakpoint
ALTER TABLE `forms` ADD `turnstileSecret` text;--> statement-breakpoint
CREATE INDEX `forms_id` ON `forms` (`id`);