DROP INDEX `counters_logs`;--> statement-breakpoint
CREATE INDEX `counters_logs` ON `counters` (`value`) WHERE "resource" = 'attempts' AND "value" >= 100000000;