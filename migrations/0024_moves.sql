CREATE TABLE `move_changes` (
	`seq` integer PRIMARY KEY NOT NULL,
	`organizationId` text NOT NULL,
	`table` text NOT NULL,
	`key` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `moves` (
	`organizationId` text PRIMARY KEY NOT NULL,
	`shard` integer NOT NULL,
	`stage` integer NOT NULL,
	`since` integer NOT NULL,
	`table` text DEFAULT '' NOT NULL,
	`after` text DEFAULT '' NOT NULL,
	`layout` text,
	`lease` text,
	`leaseUntil` integer DEFAULT 0 NOT NULL
) WITHOUT ROWID;
