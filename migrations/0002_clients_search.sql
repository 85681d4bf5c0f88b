-- Full-text search over clients, as in 0001.
CREATE VIRTUAL TABLE `clients_search` USING fts5(
	organization, name, email, phone, taxNumber,
	content='', contentless_delete=1, prefix='1 2 3 4 5 6', tokenize='unicode61 remove_diacritics 2'
);
--> statement-breakpoint
CREATE TRIGGER `clients_search_insert` AFTER INSERT ON `clients` BEGIN
	INSERT INTO clients_search (rowid, organization, name, email, phone, taxNumber)
	VALUES (new.seq, substr(new.organizationId, 5), new.name, new.email, new.phone, new.taxNumber);
END;
--> statement-breakpoint
CREATE TRIGGER `clients_search_update` AFTER UPDATE OF `name`, `email`, `phone`, `taxNumber` ON `clients` BEGIN
	UPDATE clients_search SET organization = substr(new.organizationId, 5), name = new.name, email = new.email,
		phone = new.phone, taxNumber = new.taxNumber
	WHERE rowid = new.seq;
END;
