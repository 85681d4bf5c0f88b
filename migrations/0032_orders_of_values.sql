DROP INDEX `deals_price`;--> statement-breakpoint
DROP INDEX `deals_expectedCloseDate`;--> statement-breakpoint
CREATE INDEX `deals_price` ON `deals` (`organizationId`,`price`,`id`) WHERE "price" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `deals_expectedCloseDate` ON `deals` (`organizationId`,`expectedCloseDate`,`id`) WHERE "expectedCloseDate" IS NOT NULL;--> statement-breakpoint
DROP INDEX `leads_score`;--> statement-breakpoint
CREATE INDEX `leads_score` ON `leads` (`organizationId`,`score`,`id`) WHERE "score" IS NOT NULL;--> statement-breakpoint
DROP INDEX `quotations_expiryDate`;--> statement-breakpoint
CREATE INDEX `quotations_expiryDate` ON `quotations` (`organizationId`,`expiryDate`,`id`) WHERE "expiryDate" IS NOT NULL;--> statement-breakpoint
DROP INDEX `tasks_dueDate`;--> statement-breakpoint
CREATE INDEX `tasks_dueDate` ON `tasks` (`organizationId`,`dueDate`,`id`) WHERE "dueDate" IS NOT NULL;