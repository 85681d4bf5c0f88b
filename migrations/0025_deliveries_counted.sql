ALTER TABLE `deliveries` ADD `counted` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
CREATE TRIGGER "deliveries_counted_insert" AFTER INSERT ON "deliveries" WHEN "new"."counted" > 0 BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value") VALUES ("new"."organizationId", 'attempts', "new"."counted")
		ON CONFLICT DO UPDATE SET "value" = "value" + excluded."value";
END;
--> statement-breakpoint
CREATE TRIGGER "deliveries_counted_update" AFTER UPDATE OF "counted" ON "deliveries" WHEN "new"."counted" <> "old"."counted" BEGIN
	INSERT INTO "counters" ("organizationId", "resource", "value") VALUES ("new"."organizationId", 'attempts', "new"."counted" - "old"."counted")
		ON CONFLICT DO UPDATE SET "value" = "value" + excluded."value";
END;
--> statement-breakpoint
CREATE TRIGGER "deliveries_counted_delete" AFTER DELETE ON "deliveries" WHEN "old"."counted" > 0 BEGIN
	UPDATE "counters" SET "value" = max(0, "value" - "old"."counted") WHERE "organizationId" = "old"."organizationId" AND "resource" = 'attempts';
END;
