-- Quotas: how many rows there are of each resource, what an operator has set, and what the purge goes by.
ALTER TABLE `conversations` ADD `posted` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
CREATE INDEX `conversations_deletedAt` ON `conversations` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
ALTER TABLE `counters` ADD `removed` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE `counters` ADD `upTo` text;
--> statement-breakpoint
ALTER TABLE `organizations` ADD `quotas` text;
--> statement-breakpoint
CREATE INDEX `clients_deletedAt` ON `clients` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `custom_fields_live` ON `custom_fields` (`organizationId`,`entity`,`id`) WHERE "deletedAt" IS NULL;
--> statement-breakpoint
CREATE INDEX `custom_fields_deletedAt` ON `custom_fields` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `deals_deletedAt` ON `deals` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `pipelines_deletedAt` ON `pipelines` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `form_responses_deletedAt` ON `form_responses` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `forms_deletedAt` ON `forms` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `leads_deletedAt` ON `leads` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `api_keys_deletedAt` ON `api_keys` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `lead_sources_deletedAt` ON `lead_sources` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `lead_stages_deletedAt` ON `lead_stages` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `products_deletedAt` ON `products` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `tags_deletedAt` ON `tags` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `users_deletedAt` ON `users` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `invoices_deletedAt` ON `invoices` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `quotations_deletedAt` ON `quotations` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `tasks_deletedAt` ON `tasks` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `webhooks_live` ON `webhooks` (`organizationId`,`id`) WHERE "deletedAt" IS NULL;
--> statement-breakpoint
CREATE INDEX `webhooks_deletedAt` ON `webhooks` (`deletedAt`) WHERE "deletedAt" IS NOT NULL;
--> statement-breakpoint
CREATE TRIGGER `clients_search_delete` AFTER DELETE ON `clients` BEGIN
	DELETE FROM clients_search WHERE rowid = old.seq;
END;
--> statement-breakpoint
CREATE TRIGGER `deals_search_delete` AFTER DELETE ON `deals` BEGIN
	DELETE FROM deals_search WHERE rowid = old.seq;
END;
--> statement-breakpoint
CREATE TRIGGER `leads_search_delete` AFTER DELETE ON `leads` BEGIN
	DELETE FROM leads_search WHERE rowid = old.seq;
END;
--> statement-breakpoint
CREATE TRIGGER `products_search_delete` AFTER DELETE ON `products` BEGIN
	DELETE FROM products_search WHERE rowid = old.seq;
END;
--> statement-breakpoint
CREATE TRIGGER `quotations_search_delete` AFTER DELETE ON `quotations` BEGIN
	DELETE FROM quotations_search WHERE rowid = old.seq;
END;
--> statement-breakpoint
CREATE TRIGGER `invoices_search_delete` AFTER DELETE ON `invoices` BEGIN
	DELETE FROM invoices_search WHERE rowid = old.seq;
END;
--> statement-breakpoint
CREATE TRIGGER `tasks_search_delete` AFTER DELETE ON `tasks` BEGIN
	DELETE FROM tasks_search WHERE rowid = old.seq;
END;
-- Rows of resources without numbers were not counted before.
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value, upTo)
	SELECT organizationId, 'tags', count(*), max(id) FROM tags GROUP BY organizationId;
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value, upTo)
	SELECT organizationId, 'lead_stages', count(*), max(id) FROM lead_stages GROUP BY organizationId;
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value, upTo)
	SELECT organizationId, 'lead_sources', count(*), max(id) FROM lead_sources GROUP BY organizationId;
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value, upTo)
	SELECT organizationId, 'users', count(*), max(id) FROM users GROUP BY organizationId;
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value, upTo)
	SELECT organizationId, 'products', count(*), max(id) FROM products GROUP BY organizationId;
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value, upTo)
	SELECT organizationId, 'pipelines', count(*), max(id) FROM pipelines GROUP BY organizationId;
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value, upTo)
	SELECT organizationId, 'custom_fields', count(*), max(id) FROM custom_fields GROUP BY organizationId;
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value, upTo)
	SELECT organizationId, 'forms', count(*), max(id) FROM forms GROUP BY organizationId;
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value, upTo)
	SELECT organizationId, 'form_responses', count(*), max(id) FROM form_responses GROUP BY organizationId;
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value, upTo)
	SELECT organizationId, 'conversations', count(*), max(id) FROM conversations GROUP BY organizationId;
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value, upTo)
	SELECT organizationId, 'api_keys', count(*), max(id) FROM api_keys GROUP BY organizationId;
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value, upTo)
	SELECT organizationId, 'webhooks', count(*), max(id) FROM webhooks GROUP BY organizationId;
--> statement-breakpoint
UPDATE conversations SET posted = (SELECT count(*) FROM messages AS said WHERE said.organizationId = conversations.organizationId AND said.conversationId = conversations.id)
	WHERE EXISTS (SELECT 1 FROM messages AS said WHERE said.organizationId = conversations.organizationId AND said.conversationId = conversations.id);
--> statement-breakpoint
INSERT INTO counters (organizationId, resource, value)
	SELECT organizationId, 'messages', sum((posted + 9) / 10 * 10) FROM conversations WHERE posted > 0 GROUP BY organizationId;
