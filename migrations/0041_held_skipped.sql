ALTER TABLE `webhooks` ADD `heldSkippedTo` integer;
