-- Full-text search over deals, as in 0001. `client` is the client's name: renaming the client renames it here.
CREATE VIRTUAL TABLE `deals_search` USING fts5(
	organization, title, number, client,
	content='', contentless_delete=1, prefix='1 2 3 4 5 6', tokenize='unicode61 remove_diacritics 2'
);
--> statement-breakpoint
CREATE TRIGGER `deals_search_insert` AFTER INSERT ON `deals` BEGIN
	INSERT INTO deals_search (rowid, organization, title, number, client)
	VALUES (new.seq, substr(new.organizationId, 5), new.title, new.number,
		(SELECT name FROM clients WHERE organizationId = new.organizationId AND id = new.clientId));
END;
--> statement-breakpoint
CREATE TRIGGER `deals_search_update` AFTER UPDATE OF `title`, `clientId` ON `deals` BEGIN
	UPDATE deals_search SET organization = substr(new.organizationId, 5), title = new.title, number = new.number,
		client = (SELECT name FROM clients WHERE organizationId = new.organizationId AND id = new.clientId)
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
CREATE TRIGGER `deals_search_client` AFTER UPDATE OF `name` ON `clients` WHEN new.name <> old.name BEGIN
	UPDATE deals_search SET organization = substr(new.organizationId, 5), client = new.name,
		title = (SELECT title FROM deals WHERE seq = deals_search.rowid),
		number = (SELECT number FROM deals WHERE seq = deals_search.rowid)
	WHERE rowid IN (SELECT seq FROM deals WHERE organizationId = new.organizationId AND clientId = new.id);
END;
