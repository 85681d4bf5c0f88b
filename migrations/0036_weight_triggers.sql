-- Weight triggers again for the tables that have got columns since 0020_bytes: `forms`, `webhooks` and `api_keys`. The new text has
-- not been weighed, so the sweeper weighs their rows once more (src/retention/weigh.ts).
DROP TRIGGER IF EXISTS "forms_weight_insert";
--> statement-breakpoint
DROP TRIGGER IF EXISTS "forms_weight_update";
--> statement-breakpoint
DROP TRIGGER IF EXISTS "forms_weight_delete";
--> statement-breakpoint
CREATE TRIGGER "forms_weight_insert" AFTER INSERT ON "forms"
	WHEN ((octet_length("new"."organizationId") + octet_length("new"."id") + octet_length("new"."title") * (1 + 4) + coalesce(octet_length("new"."description"), 0) + octet_length("new"."fields") + octet_length("new"."allowedOrigins") + coalesce(octet_length("new"."redirectUrl"), 0) + octet_length("new"."matchBy") + coalesce(octet_length("new"."turnstileSiteKey"), 0) + coalesce(octet_length("new"."turnstileSecret"), 0) + coalesce(octet_length("new"."folded"), 0) - 1) / 4096 * 4096) > 0 AND NOT EXISTS (SELECT 1 FROM "weighings" AS weighing WHERE weighing."table" = 'forms' AND ("new"."organizationId", "new"."id") > (weighing."after"->>0, weighing."after"->>1)) BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", 'forms', 0, "bytes" FROM (SELECT "new"."organizationId" AS "owner", ((octet_length("new"."organizationId") + octet_length("new"."id") + octet_length("new"."title") * (1 + 4) + coalesce(octet_length("new"."description"), 0) + octet_length("new"."fields") + octet_length("new"."allowedOrigins") + coalesce(octet_length("new"."redirectUrl"), 0) + octet_length("new"."matchBy") + coalesce(octet_length("new"."turnstileSiteKey"), 0) + coalesce(octet_length("new"."turnstileSecret"), 0) + coalesce(octet_length("new"."folded"), 0) - 1) / 4096 * 4096) AS "bytes") WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess";
END;
--> statement-breakpoint
CREATE TRIGGER "forms_weight_update" AFTER UPDATE ON "forms"
	WHEN ((octet_length("new"."organizationId") + octet_length("new"."id") + octet_length("new"."title") * (1 + 4) + coalesce(octet_length("new"."description"), 0) + octet_length("new"."fields") + octet_length("new"."allowedOrigins") + coalesce(octet_length("new"."redirectUrl"), 0) + octet_length("new"."matchBy") + coalesce(octet_length("new"."turnstileSiteKey"), 0) + coalesce(octet_length("new"."turnstileSecret"), 0) + coalesce(octet_length("new"."folded"), 0) - 1) / 4096 * 4096) <> ((octet_length("old"."organizationId") + octet_length("old"."id") + octet_length("old"."title") * (1 + 4) + coalesce(octet_length("old"."description"), 0) + octet_length("old"."fields") + octet_length("old"."allowedOrigins") + coalesce(octet_length("old"."redirectUrl"), 0) + octet_length("old"."matchBy") + coalesce(octet_length("old"."turnstileSiteKey"), 0) + coalesce(octet_length("old"."turnstileSecret"), 0) + coalesce(octet_length("old"."folded"), 0) - 1) / 4096 * 4096) AND NOT EXISTS (SELECT 1 FROM "weighings" AS weighing WHERE weighing."table" = 'forms' AND ("new"."organizationId", "new"."id") > (weighing."after"->>0, weighing."after"->>1)) BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", 'forms', 0, "bytes" FROM (SELECT "new"."organizationId" AS "owner", ((octet_length("new"."organizationId") + octet_length("new"."id") + octet_length("new"."title") * (1 + 4) + coalesce(octet_length("new"."description"), 0) + octet_length("new"."fields") + octet_length("new"."allowedOrigins") + coalesce(octet_length("new"."redirectUrl"), 0) + octet_length("new"."matchBy") + coalesce(octet_length("new"."turnstileSiteKey"), 0) + coalesce(octet_length("new"."turnstileSecret"), 0) + coalesce(octet_length("new"."folded"), 0) - 1) / 4096 * 4096) - ((octet_length("old"."organizationId") + octet_length("old"."id") + octet_length("old"."title") * (1 + 4) + coalesce(octet_length("old"."description"), 0) + octet_length("old"."fields") + octet_length("old"."allowedOrigins") + coalesce(octet_length("old"."redirectUrl"), 0) + octet_length("old"."matchBy") + coalesce(octet_length("old"."turnstileSiteKey"), 0) + coalesce(octet_length("old"."turnstileSecret"), 0) + coalesce(octet_length("old"."folded"), 0) - 1) / 4096 * 4096) AS "bytes") WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess";
END;
--> statement-breakpoint
CREATE TRIGGER "forms_weight_delete" AFTER DELETE ON "forms"
	WHEN ((octet_length("old"."organizationId") + octet_length("old"."id") + octet_length("old"."title") * (1 + 4) + coalesce(octet_length("old"."description"), 0) + octet_length("old"."fields") + octet_length("old"."allowedOrigins") + coalesce(octet_length("old"."redirectUrl"), 0) + octet_length("old"."matchBy") + coalesce(octet_length("old"."turnstileSiteKey"), 0) + coalesce(octet_length("old"."turnstileSecret"), 0) + coalesce(octet_length("old"."folded"), 0) - 1) / 4096 * 4096) > 0 AND NOT EXISTS (SELECT 1 FROM "weighings" AS weighing WHERE weighing."table" = 'forms' AND ("old"."organizationId", "old"."id") > (weighing."after"->>0, weighing."after"->>1)) BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", 'forms', 0, "bytes" FROM (SELECT "old"."organizationId" AS "owner", -((octet_length("old"."organizationId") + octet_length("old"."id") + octet_length("old"."title") * (1 + 4) + coalesce(octet_length("old"."description"), 0) + octet_length("old"."fields") + octet_length("old"."allowedOrigins") + coalesce(octet_length("old"."redirectUrl"), 0) + octet_length("old"."matchBy") + coalesce(octet_length("old"."turnstileSiteKey"), 0) + coalesce(octet_length("old"."turnstileSecret"), 0) + coalesce(octet_length("old"."folded"), 0) - 1) / 4096 * 4096) AS "bytes") WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess";
END;
--> statement-breakpoint
UPDATE `counters` SET `excess` = 0 WHERE `resource` = 'forms' AND `excess` <> 0;
--> statement-breakpoint
INSERT OR REPLACE INTO `weighings` (`table`, `after`) SELECT 'forms', '["",""]' WHERE EXISTS (SELECT 1 FROM `forms`);
--> statement-breakpoint
DROP TRIGGER IF EXISTS "webhooks_weight_insert";
--> statement-breakpoint
DROP TRIGGER IF EXISTS "webhooks_weight_update";
--> statement-breakpoint
DROP TRIGGER IF EXISTS "webhooks_weight_delete";
--> statement-breakpoint
CREATE TRIGGER "webhooks_weight_insert" AFTER INSERT ON "webhooks"
	WHEN ((octet_length("new"."organizationId") + octet_length("new"."id") + coalesce(octet_length("new"."name"), 0) + octet_length("new"."url") + octet_length("new"."events") + coalesce(octet_length("new"."description"), 0) + octet_length("new"."method") + coalesce(octet_length("new"."headers"), 0) + octet_length("new"."status") + coalesce(octet_length("new"."secret"), 0) + coalesce(octet_length("new"."secretPrefix"), 0) + coalesce(octet_length("new"."previousSecret"), 0) + coalesce(octet_length("new"."disabledReason"), 0) + coalesce(octet_length("new"."filter"), 0) + octet_length("new"."format") + coalesce(octet_length("new"."template"), 0) + coalesce(octet_length("new"."rateLimit"), 0) - 1) / 4096 * 4096) > 0 AND NOT EXISTS (SELECT 1 FROM "weighings" AS weighing WHERE weighing."table" = 'webhooks' AND ("new"."organizationId", "new"."id") > (weighing."after"->>0, weighing."after"->>1)) BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", 'webhooks', 0, "bytes" FROM (SELECT "new"."organizationId" AS "owner", ((octet_length("new"."organizationId") + octet_length("new"."id") + coalesce(octet_length("new"."name"), 0) + octet_length("new"."url") + octet_length("new"."events") + coalesce(octet_length("new"."description"), 0) + octet_length("new"."method") + coalesce(octet_length("new"."headers"), 0) + octet_length("new"."status") + coalesce(octet_length("new"."secret"), 0) + coalesce(octet_length("new"."secretPrefix"), 0) + coalesce(octet_length("new"."previousSecret"), 0) + coalesce(octet_length("new"."disabledReason"), 0) + coalesce(octet_length("new"."filter"), 0) + octet_length("new"."format") + coalesce(octet_length("new"."template"), 0) + coalesce(octet_length("new"."rateLimit"), 0) - 1) / 4096 * 4096) AS "bytes") WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess";
END;
--> statement-breakpoint
CREATE TRIGGER "webhooks_weight_update" AFTER UPDATE ON "webhooks"
	WHEN ((octet_length("new"."organizationId") + octet_length("new"."id") + coalesce(octet_length("new"."name"), 0) + octet_length("new"."url") + octet_length("new"."events") + coalesce(octet_length("new"."description"), 0) + octet_length("new"."method") + coalesce(octet_length("new"."headers"), 0) + octet_length("new"."status") + coalesce(octet_length("new"."secret"), 0) + coalesce(octet_length("new"."secretPrefix"), 0) + coalesce(octet_length("new"."previousSecret"), 0) + coalesce(octet_length("new"."disabledReason"), 0) + coalesce(octet_length("new"."filter"), 0) + octet_length("new"."format") + coalesce(octet_length("new"."template"), 0) + coalesce(octet_length("new"."rateLimit"), 0) - 1) / 4096 * 4096) <> ((octet_length("old"."organizationId") + octet_length("old"."id") + coalesce(octet_length("old"."name"), 0) + octet_length("old"."url") + octet_length("old"."events") + coalesce(octet_length("old"."description"), 0) + octet_length("old"."method") + coalesce(octet_length("old"."headers"), 0) + octet_length("old"."status") + coalesce(octet_length("old"."secret"), 0) + coalesce(octet_length("old"."secretPrefix"), 0) + coalesce(octet_length("old"."previousSecret"), 0) + coalesce(octet_length("old"."disabledReason"), 0) + coalesce(octet_length("old"."filter"), 0) + octet_length("old"."format") + coalesce(octet_length("old"."template"), 0) + coalesce(octet_length("old"."rateLimit"), 0) - 1) / 4096 * 4096) AND NOT EXISTS (SELECT 1 FROM "weighings" AS weighing WHERE weighing."table" = 'webhooks' AND ("new"."organizationId", "new"."id") > (weighing."after"->>0, weighing."after"->>1)) BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", 'webhooks', 0, "bytes" FROM (SELECT "new"."organizationId" AS "owner", ((octet_length("new"."organizationId") + octet_length("new"."id") + coalesce(octet_length("new"."name"), 0) + octet_length("new"."url") + octet_length("new"."events") + coalesce(octet_length("new"."description"), 0) + octet_length("new"."method") + coalesce(octet_length("new"."headers"), 0) + octet_length("new"."status") + coalesce(octet_length("new"."secret"), 0) + coalesce(octet_length("new"."secretPrefix"), 0) + coalesce(octet_length("new"."previousSecret"), 0) + coalesce(octet_length("new"."disabledReason"), 0) + coalesce(octet_length("new"."filter"), 0) + octet_length("new"."format") + coalesce(octet_length("new"."template"), 0) + coalesce(octet_length("new"."rateLimit"), 0) - 1) / 4096 * 4096) - ((octet_length("old"."organizationId") + octet_length("old"."id") + coalesce(octet_length("old"."name"), 0) + octet_length("old"."url") + octet_length("old"."events") + coalesce(octet_length("old"."description"), 0) + octet_length("old"."method") + coalesce(octet_length("old"."headers"), 0) + octet_length("old"."status") + coalesce(octet_length("old"."secret"), 0) + coalesce(octet_length("old"."secretPrefix"), 0) + coalesce(octet_length("old"."previousSecret"), 0) + coalesce(octet_length("old"."disabledReason"), 0) + coalesce(octet_length("old"."filter"), 0) + octet_length("old"."format") + coalesce(octet_length("old"."template"), 0) + coalesce(octet_length("old"."rateLimit"), 0) - 1) / 4096 * 4096) AS "bytes") WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess";
END;
--> statement-breakpoint
CREATE TRIGGER "webhooks_weight_delete" AFTER DELETE ON "webhooks"
	WHEN ((octet_length("old"."organizationId") + octet_length("old"."id") + coalesce(octet_length("old"."name"), 0) + octet_length("old"."url") + octet_length("old"."events") + coalesce(octet_length("old"."description"), 0) + octet_length("old"."method") + coalesce(octet_length("old"."headers"), 0) + octet_length("old"."status") + coalesce(octet_length("old"."secret"), 0) + coalesce(octet_length("old"."secretPrefix"), 0) + coalesce(octet_length("old"."previousSecret"), 0) + coalesce(octet_length("old"."disabledReason"), 0) + coalesce(octet_length("old"."filter"), 0) + octet_length("old"."format") + coalesce(octet_length("old"."template"), 0) + coalesce(octet_length("old"."rateLimit"), 0) - 1) / 4096 * 4096) > 0 AND NOT EXISTS (SELECT 1 FROM "weighings" AS weighing WHERE weighing."table" = 'webhooks' AND ("old"."organizationId", "old"."id") > (weighing."after"->>0, weighing."after"->>1)) BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", 'webhooks', 0, "bytes" FROM (SELECT "old"."organizationId" AS "owner", -((octet_length("old"."organizationId") + octet_length("old"."id") + coalesce(octet_length("old"."name"), 0) + octet_length("old"."url") + octet_length("old"."events") + coalesce(octet_length("old"."description"), 0) + octet_length("old"."method") + coalesce(octet_length("old"."headers"), 0) + octet_length("old"."status") + coalesce(octet_length("old"."secret"), 0) + coalesce(octet_length("old"."secretPrefix"), 0) + coalesce(octet_length("old"."previousSecret"), 0) + coalesce(octet_length("old"."disabledReason"), 0) + coalesce(octet_length("old"."filter"), 0) + octet_length("old"."format") + coalesce(octet_length("old"."template"), 0) + coalesce(octet_length("old"."rateLimit"), 0) - 1) / 4096 * 4096) AS "bytes") WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess";
END;
--> statement-breakpoint
UPDATE `counters` SET `excess` = 0 WHERE `resource` = 'webhooks' AND `excess` <> 0;
--> statement-breakpoint
INSERT OR REPLACE INTO `weighings` (`table`, `after`) SELECT 'webhooks', '["",""]' WHERE EXISTS (SELECT 1 FROM `webhooks`);
--> statement-breakpoint
DROP TRIGGER IF EXISTS "api_keys_weight_insert";
--> statement-breakpoint
DROP TRIGGER IF EXISTS "api_keys_weight_update";
--> statement-breakpoint
DROP TRIGGER IF EXISTS "api_keys_weight_delete";
--> statement-breakpoint
CREATE TRIGGER "api_keys_weight_insert" AFTER INSERT ON "api_keys"
	WHEN ((octet_length("new"."organizationId") + octet_length("new"."id") + octet_length("new"."name") + octet_length("new"."hash") + octet_length("new"."pepperId") + octet_length("new"."keyPrefix") + octet_length("new"."scopes") + octet_length("new"."reads") - 1) / 4096 * 4096) > 0 AND NOT EXISTS (SELECT 1 FROM "weighings" AS weighing WHERE weighing."table" = 'api_keys' AND ("new"."organizationId", "new"."id") > (weighing."after"->>0, weighing."after"->>1)) BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", 'api_keys', 0, "bytes" FROM (SELECT "new"."organizationId" AS "owner", ((octet_length("new"."organizationId") + octet_length("new"."id") + octet_length("new"."name") + octet_length("new"."hash") + octet_length("new"."pepperId") + octet_length("new"."keyPrefix") + octet_length("new"."scopes") + octet_length("new"."reads") - 1) / 4096 * 4096) AS "bytes") WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess";
END;
--> statement-breakpoint
CREATE TRIGGER "api_keys_weight_update" AFTER UPDATE ON "api_keys"
	WHEN ((octet_length("new"."organizationId") + octet_length("new"."id") + octet_length("new"."name") + octet_length("new"."hash") + octet_length("new"."pepperId") + octet_length("new"."keyPrefix") + octet_length("new"."scopes") + octet_length("new"."reads") - 1) / 4096 * 4096) <> ((octet_length("old"."organizationId") + octet_length("old"."id") + octet_length("old"."name") + octet_length("old"."hash") + octet_length("old"."pepperId") + octet_length("old"."keyPrefix") + octet_length("old"."scopes") + octet_length("old"."reads") - 1) / 4096 * 4096) AND NOT EXISTS (SELECT 1 FROM "weighings" AS weighing WHERE weighing."table" = 'api_keys' AND ("new"."organizationId", "new"."id") > (weighing."after"->>0, weighing."after"->>1)) BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", 'api_keys', 0, "bytes" FROM (SELECT "new"."organizationId" AS "owner", ((octet_length("new"."organizationId") + octet_length("new"."id") + octet_length("new"."name") + octet_length("new"."hash") + octet_length("new"."pepperId") + octet_length("new"."keyPrefix") + octet_length("new"."scopes") + octet_length("new"."reads") - 1) / 4096 * 4096) - ((octet_length("old"."organizationId") + octet_length("old"."id") + octet_length("old"."name") + octet_length("old"."hash") + octet_length("old"."pepperId") + octet_length("old"."keyPrefix") + octet_length("old"."scopes") + octet_length("old"."reads") - 1) / 4096 * 4096) AS "bytes") WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess";
END;
--> statement-breakpoint
CREATE TRIGGER "api_keys_weight_delete" AFTER DELETE ON "api_keys"
	WHEN ((octet_length("old"."organizationId") + octet_length("old"."id") + octet_length("old"."name") + octet_length("old"."hash") + octet_length("old"."pepperId") + octet_length("old"."keyPrefix") + octet_length("old"."scopes") + octet_length("old"."reads") - 1) / 4096 * 4096) > 0 AND NOT EXISTS (SELECT 1 FROM "weighings" AS weighing WHERE weighing."table" = 'api_keys' AND ("old"."organizationId", "old"."id") > (weighing."after"->>0, weighing."after"->>1)) BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value", "excess")
		SELECT "owner", 'api_keys', 0, "bytes" FROM (SELECT "old"."organizationId" AS "owner", -((octet_length("old"."organizationId") + octet_length("old"."id") + octet_length("old"."name") + octet_length("old"."hash") + octet_length("old"."pepperId") + octet_length("old"."keyPrefix") + octet_length("old"."scopes") + octet_length("old"."reads") - 1) / 4096 * 4096) AS "bytes") WHERE "owner" IS NOT NULL
		ON CONFLICT DO UPDATE SET "excess" = "excess" + excluded."excess";
END;
--> statement-breakpoint
UPDATE `counters` SET `excess` = 0 WHERE `resource` = 'api_keys' AND `excess` <> 0;
--> statement-breakpoint
INSERT OR REPLACE INTO `weighings` (`table`, `after`) SELECT 'api_keys', '["",""]' WHERE EXISTS (SELECT 1 FROM `api_keys`);
