CREATE TABLE `resealings` (
	`table` text PRIMARY KEY NOT NULL,
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`found` integer NOT NULL
) WITHOUT ROWID;
