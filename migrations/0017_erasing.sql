-- What is still to be done for records that were erased.
CREATE TABLE `erasures` (
	`organizationId` text NOT NULL,
	`entityId` text NOT NULL,
	`root` text NOT NULL,
	`rule` text NOT NULL,
	`step` integer NOT NULL,
	`after` text NOT NULL,
	`again` integer NOT NULL,
	`dueAt` integer,
	PRIMARY KEY(`organizationId`, `root`, `entityId`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `erasures_dueAt` ON `erasures` (`dueAt`);