-- Who waits gets into its webhook's line (src/delivery/line.ts), those whom an open breaker had put off among them.
UPDATE `deliveries` SET `dueAt` = 100000000000000 + `nextAttemptAt`
	WHERE `dueAt` IS NOT NULL AND `status` = 'pending' AND `lease` IS NULL AND `manualWaiting` = 0 AND `test` = 0;--> statement-breakpoint
DROP INDEX `deliveries_due`;--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`webhookId`,`dueAt`) WHERE "dueAt" IS NOT NULL;--> statement-breakpoint
ALTER TABLE `webhooks` ADD `slowUntil` integer;