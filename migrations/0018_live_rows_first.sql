DROP INDEX `clients_email`;--> statement-breakpoint
DROP INDEX `clients_phone`;--> statement-breakpoint
DROP INDEX `clients_companyId`;--> statement-breakpoint
DROP INDEX `clients_ownerId`;--> statement-breakpoint
DROP INDEX `clients_sourceId`;--> statement-breakpoint
CREATE INDEX `clients_email` ON `clients` (`organizationId`,`emailKey`,`deletedAt`,`id`) WHERE "emailKey" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_phone` ON `clients` (`organizationId`,`phoneKey`,`deletedAt`,`id`) WHERE "phoneKey" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_companyId` ON `clients` (`organizationId`,`companyId`,`deletedAt`,`id`) WHERE "companyId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_ownerId` ON `clients` (`organizationId`,`ownerId`,`deletedAt`,`id`) WHERE "ownerId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `clients_sourceId` ON `clients` (`organizationId`,`sourceId`,`deletedAt`,`id`) WHERE "sourceId" IS NOT NULL;--> statement-breakpoint
DROP INDEX `deals_pipelineId`;--> statement-breakpoint
DROP INDEX `deals_stageId`;--> statement-breakpoint
DROP INDEX `deals_clientId`;--> statement-breakpoint
DROP INDEX `deals_leadId`;--> statement-breakpoint
DROP INDEX `deals_sourceId`;--> statement-breakpoint
DROP INDEX `deals_ownerId`;--> statement-breakpoint
CREATE INDEX `deals_pipelineId` ON `deals` (`organizationId`,`pipelineId`,`deletedAt`,`id`);--> statement-breakpoint
CREATE INDEX `deals_stageId` ON `deals` (`organizationId`,`stageId`,`deletedAt`,`id`);--> statement-breakpoint
CREATE INDEX `deals_clientId` ON `deals` (`organizationId`,`clientId`,`deletedAt`,`id`);--> statement-breakpoint
CREATE INDEX `deals_leadId` ON `deals` (`organizationId`,`leadId`,`deletedAt`,`id`) WHERE "leadId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `deals_sourceId` ON `deals` (`organizationId`,`sourceId`,`deletedAt`,`id`) WHERE "sourceId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `deals_ownerId` ON `deals` (`organizationId`,`ownerId`,`deletedAt`,`id`) WHERE "ownerId" IS NOT NULL;--> statement-breakpoint
DROP INDEX `leads_stageId`;--> statement-breakpoint
DROP INDEX `leads_email`;--> statement-breakpoint
DROP INDEX `leads_mobile`;--> statement-breakpoint
DROP INDEX `leads_sourceId`;--> statement-breakpoint
DROP INDEX `leads_ownerId`;--> statement-breakpoint
CREATE INDEX `leads_stageId` ON `leads` (`organizationId`,`stageId`,`deletedAt`,`id`);--> statement-breakpoint
CREATE INDEX `leads_email` ON `leads` (`organizationId`,`emailKey`,`deletedAt`,`id`) WHERE "emailKey" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `leads_mobile` ON `leads` (`organizationId`,`mobileKey`,`deletedAt`,`id`) WHERE "mobileKey" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `leads_sourceId` ON `leads` (`organizationId`,`sourceId`,`deletedAt`,`id`) WHERE "sourceId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `leads_ownerId` ON `leads` (`organizationId`,`ownerId`,`deletedAt`,`id`) WHERE "ownerId" IS NOT NULL;--> statement-breakpoint
DROP INDEX `users_email`;--> statement-breakpoint
CREATE INDEX `users_email` ON `users` (`organizationId`,`emailKey`,`deletedAt`,`id`);--> statement-breakpoint
DROP INDEX `invoices_clientId`;--> statement-breakpoint
DROP INDEX `invoices_quotationId`;--> statement-breakpoint
DROP INDEX `invoices_dealId`;--> statement-breakpoint
DROP INDEX `invoices_ownerId`;--> statement-breakpoint
CREATE INDEX `invoices_clientId` ON `invoices` (`organizationId`,`clientId`,`deletedAt`,`id`);--> statement-breakpoint
CREATE INDEX `invoices_quotationId` ON `invoices` (`organizationId`,`quotationId`,`deletedAt`,`id`) WHERE "quotationId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `invoices_dealId` ON `invoices` (`organizationId`,`dealId`,`deletedAt`,`id`) WHERE "dealId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `invoices_ownerId` ON `invoices` (`organizationId`,`ownerId`,`deletedAt`,`id`) WHERE "ownerId" IS NOT NULL;--> statement-breakpoint
DROP INDEX `quotations_clientId`;--> statement-breakpoint
DROP INDEX `quotations_contactId`;--> statement-breakpoint
DROP INDEX `quotations_dealId`;--> statement-breakpoint
DROP INDEX `quotations_ownerId`;--> statement-breakpoint
CREATE INDEX `quotations_clientId` ON `quotations` (`organizationId`,`clientId`,`deletedAt`,`id`);--> statement-breakpoint
CREATE INDEX `quotations_contactId` ON `quotations` (`organizationId`,`contactId`,`deletedAt`,`id`) WHERE "contactId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `quotations_dealId` ON `quotations` (`organizationId`,`dealId`,`deletedAt`,`id`) WHERE "dealId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `quotations_ownerId` ON `quotations` (`organizationId`,`ownerId`,`deletedAt`,`id`) WHERE "ownerId" IS NOT NULL;--> statement-breakpoint
DROP INDEX `tasks_ownerId`;--> statement-breakpoint
DROP INDEX `tasks_entityId`;--> statement-breakpoint
CREATE INDEX `tasks_ownerId` ON `tasks` (`organizationId`,`ownerId`,`deletedAt`,`id`) WHERE "ownerId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_entityId` ON `tasks` (`organizationId`,`entityId`,`deletedAt`,`id`) WHERE "entityId" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `pipelines_live` ON `pipelines` (`organizationId`,`id`) WHERE "deletedAt" IS NULL;--> statement-breakpoint
CREATE INDEX `lead_stages_first` ON `lead_stages` (`organizationId`,`type`,`position`,`id`) WHERE "deletedAt" IS NULL;--> statement-breakpoint
-- A deleted row has no links; it gets them again when it is restored.
DELETE FROM `links` WHERE CASE substr("field", 1, instr("field", '.') - 1)
	WHEN 'leads' THEN EXISTS (SELECT 1 FROM leads AS gone WHERE gone.organizationId = links.organizationId AND gone.id = links.fromId AND gone.deletedAt IS NOT NULL)
	WHEN 'clients' THEN EXISTS (SELECT 1 FROM clients AS gone WHERE gone.organizationId = links.organizationId AND gone.id = links.fromId AND gone.deletedAt IS NOT NULL)
	WHEN 'deals' THEN EXISTS (SELECT 1 FROM deals AS gone WHERE gone.organizationId = links.organizationId AND gone.id = links.fromId AND gone.deletedAt IS NOT NULL)
	WHEN 'tasks' THEN EXISTS (SELECT 1 FROM tasks AS gone WHERE gone.organizationId = links.organizationId AND gone.id = links.fromId AND gone.deletedAt IS NOT NULL)
	WHEN 'quotations' THEN EXISTS (SELECT 1 FROM quotations AS gone WHERE gone.organizationId = links.organizationId AND gone.id = links.fromId AND gone.deletedAt IS NOT NULL)
	WHEN 'invoices' THEN EXISTS (SELECT 1 FROM invoices AS gone WHERE gone.organizationId = links.organizationId AND gone.id = links.fromId AND gone.deletedAt IS NOT NULL)
	ELSE 0 END;
