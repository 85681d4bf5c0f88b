-- Events in the order of their commits, in a table that their rows fit (src/db/schema/events.ts). Those that are there
-- already are moved over time by src/retention/events.ts, because a statement has no time for a million of them.
CREATE TABLE `event_log` (
	`key` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`entityId` text,
	`createdAt` integer NOT NULL,
	`test` integer NOT NULL,
	`ownId` integer NOT NULL,
	`payload` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `event_log_ownId` ON `event_log` (`id`) WHERE "ownId" = 1;--> statement-breakpoint
CREATE INDEX `event_log_entity` ON `event_log` (`entityId`) WHERE "type" <> 'save_lead' AND "test" = 0;--> statement-breakpoint
ALTER TABLE `organizations` ADD `ordinal` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE `organizations` SET `ordinal` = numbered.`nth`
	FROM (SELECT `id`, row_number() OVER (ORDER BY `id`) AS `nth` FROM `organizations`) AS numbered WHERE numbered.`id` = `organizations`.`id`;
--> statement-breakpoint
CREATE UNIQUE INDEX `organizations_ordinal` ON `organizations` (`ordinal`);--> statement-breakpoint
-- Two that are made at once never get the same, whoever makes them.
CREATE TRIGGER `organizations_ordinal_given` AFTER INSERT ON `organizations` WHEN new.ordinal = 0 BEGIN
	UPDATE organizations SET ordinal = (SELECT max(ordinal) + 1 FROM organizations) WHERE id = new.id;
END;
