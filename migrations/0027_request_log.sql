CREATE TABLE `request_log` (
	`organizationId` text NOT NULL,
	`id` text NOT NULL,
	`at` integer NOT NULL,
	`requestId` text NOT NULL,
	`keyId` text NOT NULL,
	`method` text NOT NULL,
	`path` text NOT NULL,
	`status` integer NOT NULL,
	`code` text,
	`message` text,
	`durationMs` integer NOT NULL,
	`count` integer NOT NULL,
	`omitted` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`organizationId`, `id`)
) WITHOUT ROWID;
