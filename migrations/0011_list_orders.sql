CREATE INDEX `custom_fields_updatedAt` ON `custom_fields` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `pipelines_updatedAt` ON `pipelines` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `pipelines_name` ON `pipelines` (`organizationId`,`name`,`id`);--> statement-breakpoint
CREATE INDEX `pipelines_position` ON `pipelines` (`organizationId`,`position`,`id`);--> statement-breakpoint
CREATE INDEX `forms_updatedAt` ON `forms` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `forms_title` ON `forms` (`organizationId`,`title`,`id`);--> statement-breakpoint
CREATE INDEX `api_keys_updatedAt` ON `api_keys` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `lead_sources_updatedAt` ON `lead_sources` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `lead_sources_name` ON `lead_sources` (`organizationId`,`name`,`id`);--> statement-breakpoint
CREATE INDEX `lead_sources_position` ON `lead_sources` (`organizationId`,`position`,`id`);--> statement-breakpoint
CREATE INDEX `lead_stages_updatedAt` ON `lead_stages` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `lead_stages_name` ON `lead_stages` (`organizationId`,`name`,`id`);--> statement-breakpoint
CREATE INDEX `lead_stages_position` ON `lead_stages` (`organizationId`,`position`,`id`);--> statement-breakpoint
CREATE INDEX `tags_updatedAt` ON `tags` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `tags_name` ON `tags` (`organizationId`,`name`,`id`);--> statement-breakpoint
CREATE INDEX `users_updatedAt` ON `users` (`organizationId`,`updatedAt`,`id`);--> statement-breakpoint
CREATE INDEX `users_name` ON `users` (`organizationId`,`name`,`id`);--> statement-breakpoint
CREATE INDEX `webhooks_updatedAt` ON `webhooks` (`organizationId`,`updatedAt`,`id`);