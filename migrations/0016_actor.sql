-- Who caused an event whose body has no room to say it.
ALTER TABLE `event_log` ADD `actor` text;