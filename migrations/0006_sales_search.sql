-- Full-text search over quotations and invoices, as in 0001 and 0003. `items` is the names of a quotation's lines.
CREATE VIRTUAL TABLE `quotations_search` USING fts5(
	organization, number, subject, client, items,
	content='', contentless_delete=1, prefix='1 2 3 4 5 6', tokenize='unicode61 remove_diacritics 2'
);
--> statement-breakpoint
CREATE TRIGGER `quotations_search_insert` AFTER INSERT ON `quotations` BEGIN
	INSERT INTO quotations_search (rowid, organization, number, subject, client, items)
	VALUES (new.seq, substr(new.organizationId, 5), new.number, new.subject,
		(SELECT name FROM clients WHERE organizationId = new.organizationId AND id = new.clientId),
		(SELECT group_concat(value->>'name', ' ') FROM json_each(new.lineItems)));
END;
--> statement-breakpoint
CREATE TRIGGER `quotations_search_update` AFTER UPDATE OF `subject`, `clientId`, `lineItems` ON `quotations` BEGIN
	UPDATE quotations_search SET organization = substr(new.organizationId, 5), number = new.number, subject = new.subject,
		client = (SELECT name FROM clients WHERE organizationId = new.organizationId AND id = new.clientId),
		items = (SELECT group_concat(value->>'name', ' ') FROM json_each(new.lineItems))
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
CREATE TRIGGER `quotations_search_client` AFTER UPDATE OF `name` ON `clients` WHEN new.name <> old.name COLLATE BINARY BEGIN
	UPDATE quotations_search SET organization = substr(new.organizationId, 5), client = new.name,
		number = (SELECT number FROM quotations WHERE seq = quotations_search.rowid),
		subject = (SELECT subject FROM quotations WHERE seq = quotations_search.rowid),
		items = (SELECT group_concat(line.value->>'name', ' ') FROM quotations, json_each(quotations.lineItems) AS line
			WHERE quotations.seq = quotations_search.rowid)
	WHERE rowid IN (SELECT seq FROM quotations WHERE organizationId = new.organizationId AND clientId = new.id);
END;
--> statement-breakpoint
CREATE VIRTUAL TABLE `invoices_search` USING fts5(
	organization, number, subject, client,
	content='', contentless_delete=1, prefix='1 2 3 4 5 6', tokenize='unicode61 remove_diacritics 2'
);
--> statement-breakpoint
CREATE TRIGGER `invoices_search_insert` AFTER INSERT ON `invoices` BEGIN
	INSERT INTO invoices_search (rowid, organization, number, subject, client)
	VALUES (new.seq, substr(new.organizationId, 5), new.number, new.subject,
		(SELECT name FROM clients WHERE organizationId = new.organizationId AND id = new.clientId));
END;
--> statement-breakpoint
CREATE TRIGGER `invoices_search_update` AFTER UPDATE OF `subject`, `clientId` ON `invoices` BEGIN
	UPDATE invoices_search SET organization = substr(new.organizationId, 5), number = new.number, subject = new.subject,
		client = (SELECT name FROM clients WHERE organizationId = new.organizationId AND id = new.clientId)
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
CREATE TRIGGER `invoices_search_client` AFTER UPDATE OF `name` ON `clients` WHEN new.name <> old.name COLLATE BINARY BEGIN
	UPDATE invoices_search SET organization = substr(new.organizationId, 5), client = new.name,
		number = (SELECT number FROM invoices WHERE seq = invoices_search.rowid),
		subject = (SELECT subject FROM invoices WHERE seq = invoices_search.rowid)
	WHERE rowid IN (SELECT seq FROM invoices WHERE organizationId = new.organizationId AND clientId = new.id);
END;
