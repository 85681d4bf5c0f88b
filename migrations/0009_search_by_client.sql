-- Papers are found by their client's name through the client (src/db/search.ts): `client` holds the client's id, one token,
-- so that whoever is renamed has nothing to be indexed anew. What stands in the index is brought over once.
DROP TRIGGER `deals_search_client`;
--> statement-breakpoint
DROP TRIGGER `deals_search_insert`;
--> statement-breakpoint
DROP TRIGGER `deals_search_update`;
--> statement-breakpoint
DROP TRIGGER `quotations_search_client`;
--> statement-breakpoint
DROP TRIGGER `quotations_search_insert`;
--> statement-breakpoint
DROP TRIGGER `quotations_search_update`;
--> statement-breakpoint
DROP TRIGGER `invoices_search_client`;
--> statement-breakpoint
DROP TRIGGER `invoices_search_insert`;
--> statement-breakpoint
DROP TRIGGER `invoices_search_update`;
--> statement-breakpoint
CREATE TRIGGER `deals_search_insert` AFTER INSERT ON `deals` BEGIN
	INSERT INTO deals_search (rowid, organization, title, number, client)
	VALUES (new.seq, substr(new.organizationId, 5), new.title, new.number, substr(new.clientId, 5));
END;
--> statement-breakpoint
CREATE TRIGGER `deals_search_update` AFTER UPDATE OF `title`, `clientId` ON `deals` BEGIN
	UPDATE deals_search SET organization = substr(new.organizationId, 5), title = new.title, number = new.number,
		client = substr(new.clientId, 5)
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
UPDATE deals_search SET organization = (SELECT substr(organizationId, 5) FROM deals WHERE seq = deals_search.rowid),
	title = (SELECT title FROM deals WHERE seq = deals_search.rowid), number = (SELECT number FROM deals WHERE seq = deals_search.rowid),
	client = (SELECT substr(clientId, 5) FROM deals WHERE seq = deals_search.rowid)
WHERE rowid IN (SELECT seq FROM deals);
--> statement-breakpoint
CREATE TRIGGER `quotations_search_insert` AFTER INSERT ON `quotations` BEGIN
	INSERT INTO quotations_search (rowid, organization, number, subject, client, items)
	VALUES (new.seq, substr(new.organizationId, 5), new.number, new.subject, substr(new.clientId, 5),
		(SELECT group_concat(value->>'name', ' ') FROM json_each(new.lineItems)));
END;
--> statement-breakpoint
CREATE TRIGGER `quotations_search_update` AFTER UPDATE OF `subject`, `clientId`, `lineItems` ON `quotations` BEGIN
	UPDATE quotations_search SET organization = substr(new.organizationId, 5), number = new.number, subject = new.subject,
		client = substr(new.clientId, 5),
		items = (SELECT group_concat(value->>'name', ' ') FROM json_each(new.lineItems))
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
UPDATE quotations_search SET organization = (SELECT substr(organizationId, 5) FROM quotations WHERE seq = quotations_search.rowid),
	number = (SELECT number FROM quotations WHERE seq = quotations_search.rowid), subject = (SELECT subject FROM quotations WHERE seq = quotations_search.rowid),
	client = (SELECT substr(clientId, 5) FROM quotations WHERE seq = quotations_search.rowid),
	items = (SELECT group_concat(line.value->>'name', ' ') FROM quotations, json_each(quotations.lineItems) AS line
		WHERE quotations.seq = quotations_search.rowid)
WHERE rowid IN (SELECT seq FROM quotations);
--> statement-breakpoint
CREATE TRIGGER `invoices_search_insert` AFTER INSERT ON `invoices` BEGIN
	INSERT INTO invoices_search (rowid, organization, number, subject, client)
	VALUES (new.seq, substr(new.organizationId, 5), new.number, new.subject, substr(new.clientId, 5));
END;
--> statement-breakpoint
CREATE TRIGGER `invoices_search_update` AFTER UPDATE OF `subject`, `clientId` ON `invoices` BEGIN
	UPDATE invoices_search SET organization = substr(new.organizationId, 5), number = new.number, subject = new.subject,
		client = substr(new.clientId, 5)
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
UPDATE invoices_search SET organization = (SELECT substr(organizationId, 5) FROM invoices WHERE seq = invoices_search.rowid),
	number = (SELECT number FROM invoices WHERE seq = invoices_search.rowid), subject = (SELECT subject FROM invoices WHERE seq = invoices_search.rowid),
	client = (SELECT substr(clientId, 5) FROM invoices WHERE seq = invoices_search.rowid)
WHERE rowid IN (SELECT seq FROM invoices);
