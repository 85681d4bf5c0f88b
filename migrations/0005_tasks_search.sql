-- Full-text search over tasks, as in 0001.
CREATE VIRTUAL TABLE `tasks_search` USING fts5(
	organization, title, description,
	content='', contentless_delete=1, prefix='1 2 3 4 5 6', tokenize='unicode61 remove_diacritics 2'
);
--> statement-breakpoint
CREATE TRIGGER `tasks_search_insert` AFTER INSERT ON `tasks` BEGIN
	INSERT INTO tasks_search (rowid, organization, title, description)
	VALUES (new.seq, substr(new.organizationId, 5), new.title, new.description);
END;
--> statement-breakpoint
CREATE TRIGGER `tasks_search_update` AFTER UPDATE OF `title`, `description` ON `tasks` BEGIN
	UPDATE tasks_search SET organization = substr(new.organizationId, 5), title = new.title, description = new.description
	WHERE rowid = new.seq;
END;
