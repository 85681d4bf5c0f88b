ALTER TABLE `custom_fields` ADD `restampedTo` text;--> statement-breakpoint
CREATE INDEX `custom_fields_restamped` ON `custom_fields` (`restampedTo`) WHERE "restampedTo" IS NOT NULL;