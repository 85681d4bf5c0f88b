-- The full-text index holds folded text (src/db/folded.ts): of each field its entry in `folded`, and the field itself where it
-- has none. `parts` are a person's first and last name where the name isn't made of them; `digits` are phone numbers without
-- what is between their digits; `address` is an e-mail address in both its spellings.
DROP TRIGGER `leads_search_insert`;
--> statement-breakpoint
DROP TRIGGER `leads_search_update`;
--> statement-breakpoint
CREATE TRIGGER `leads_search_insert` AFTER INSERT ON `leads` BEGIN
	INSERT INTO leads_search (rowid, organization, name, email, mobile, company, title)
	VALUES (new.seq, substr(new.organizationId, 5),
		coalesce(new.folded->>'name', new.name) || coalesce(' ' || (new.folded->>'parts'), ''),
		coalesce(new.folded->>'address', new.email),
		coalesce(new.mobile, '') || ' ' || coalesce(new.secondaryMobile, '') || ' ' || coalesce(new.folded->>'mobile', '') || ' ' || coalesce(new.folded->>'digits', ''),
		coalesce(new.folded->>'company', new.company),
		coalesce(new.folded->>'title', new.title));
END;
--> statement-breakpoint
CREATE TRIGGER `leads_search_update` AFTER UPDATE OF `name`, `email`, `mobile`, `secondaryMobile`, `company`, `title`, `folded` ON `leads` BEGIN
	UPDATE leads_search SET organization = substr(new.organizationId, 5),
		name = coalesce(new.folded->>'name', new.name) || coalesce(' ' || (new.folded->>'parts'), ''),
		email = coalesce(new.folded->>'address', new.email),
		mobile = coalesce(new.mobile, '') || ' ' || coalesce(new.secondaryMobile, '') || ' ' || coalesce(new.folded->>'mobile', '') || ' ' || coalesce(new.folded->>'digits', ''),
		company = coalesce(new.folded->>'company', new.company),
		title = coalesce(new.folded->>'title', new.title)
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
DROP TRIGGER `clients_search_insert`;
--> statement-breakpoint
DROP TRIGGER `clients_search_update`;
--> statement-breakpoint
CREATE TRIGGER `clients_search_insert` AFTER INSERT ON `clients` BEGIN
	INSERT INTO clients_search (rowid, organization, name, email, phone, taxNumber)
	VALUES (new.seq, substr(new.organizationId, 5),
		coalesce(new.folded->>'name', new.name) || coalesce(' ' || (new.folded->>'parts'), ''),
		coalesce(new.folded->>'address', new.email),
		coalesce(new.phone, '') || ' ' || coalesce(new.folded->>'phone', '') || ' ' || coalesce(new.folded->>'digits', ''),
		coalesce(new.folded->>'taxNumber', new.taxNumber));
END;
--> statement-breakpoint
CREATE TRIGGER `clients_search_update` AFTER UPDATE OF `name`, `email`, `phone`, `taxNumber`, `folded` ON `clients` BEGIN
	UPDATE clients_search SET organization = substr(new.organizationId, 5),
		name = coalesce(new.folded->>'name', new.name) || coalesce(' ' || (new.folded->>'parts'), ''),
		email = coalesce(new.folded->>'address', new.email),
		phone = coalesce(new.phone, '') || ' ' || coalesce(new.folded->>'phone', '') || ' ' || coalesce(new.folded->>'digits', ''),
		taxNumber = coalesce(new.folded->>'taxNumber', new.taxNumber)
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
DROP TRIGGER `deals_search_insert`;
--> statement-breakpoint
DROP TRIGGER `deals_search_update`;
--> statement-breakpoint
CREATE TRIGGER `deals_search_insert` AFTER INSERT ON `deals` BEGIN
	INSERT INTO deals_search (rowid, organization, title, number, client)
	VALUES (new.seq, substr(new.organizationId, 5),
		coalesce(new.folded->>'title', new.title),
		new.number,
		substr(new.clientId, 5));
END;
--> statement-breakpoint
CREATE TRIGGER `deals_search_update` AFTER UPDATE OF `title`, `clientId`, `folded` ON `deals` BEGIN
	UPDATE deals_search SET organization = substr(new.organizationId, 5),
		title = coalesce(new.folded->>'title', new.title),
		number = new.number,
		client = substr(new.clientId, 5)
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
DROP TRIGGER `tasks_search_insert`;
--> statement-breakpoint
DROP TRIGGER `tasks_search_update`;
--> statement-breakpoint
CREATE TRIGGER `tasks_search_insert` AFTER INSERT ON `tasks` BEGIN
	INSERT INTO tasks_search (rowid, organization, title, description)
	VALUES (new.seq, substr(new.organizationId, 5),
		coalesce(new.folded->>'title', new.title),
		coalesce(new.folded->>'description', new.description));
END;
--> statement-breakpoint
CREATE TRIGGER `tasks_search_update` AFTER UPDATE OF `title`, `description`, `folded` ON `tasks` BEGIN
	UPDATE tasks_search SET organization = substr(new.organizationId, 5),
		title = coalesce(new.folded->>'title', new.title),
		description = coalesce(new.folded->>'description', new.description)
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
DROP TRIGGER `products_search_insert`;
--> statement-breakpoint
DROP TRIGGER `products_search_update`;
--> statement-breakpoint
CREATE TRIGGER `products_search_insert` AFTER INSERT ON `products` BEGIN
	INSERT INTO products_search (rowid, organization, name, sku, description)
	VALUES (new.seq, substr(new.organizationId, 5),
		coalesce(new.folded->>'name', new.name),
		coalesce(new.folded->>'sku', new.sku),
		coalesce(new.folded->>'description', new.description));
END;
--> statement-breakpoint
CREATE TRIGGER `products_search_update` AFTER UPDATE OF `name`, `sku`, `description`, `folded` ON `products` BEGIN
	UPDATE products_search SET organization = substr(new.organizationId, 5),
		name = coalesce(new.folded->>'name', new.name),
		sku = coalesce(new.folded->>'sku', new.sku),
		description = coalesce(new.folded->>'description', new.description)
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
DROP TRIGGER `quotations_search_insert`;
--> statement-breakpoint
DROP TRIGGER `quotations_search_update`;
--> statement-breakpoint
CREATE TRIGGER `quotations_search_insert` AFTER INSERT ON `quotations` BEGIN
	INSERT INTO quotations_search (rowid, organization, number, subject, client, items)
	VALUES (new.seq, substr(new.organizationId, 5),
		new.number,
		coalesce(new.folded->>'subject', new.subject),
		substr(new.clientId, 5),
		coalesce(new.folded->>'items', (SELECT group_concat(value->>'name', ' ') FROM json_each(new.lineItems))));
END;
--> statement-breakpoint
CREATE TRIGGER `quotations_search_update` AFTER UPDATE OF `subject`, `clientId`, `lineItems`, `folded` ON `quotations` BEGIN
	UPDATE quotations_search SET organization = substr(new.organizationId, 5),
		number = new.number,
		subject = coalesce(new.folded->>'subject', new.subject),
		client = substr(new.clientId, 5),
		items = coalesce(new.folded->>'items', (SELECT group_concat(value->>'name', ' ') FROM json_each(new.lineItems)))
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
DROP TRIGGER `invoices_search_insert`;
--> statement-breakpoint
DROP TRIGGER `invoices_search_update`;
--> statement-breakpoint
CREATE TRIGGER `invoices_search_insert` AFTER INSERT ON `invoices` BEGIN
	INSERT INTO invoices_search (rowid, organization, number, subject, client)
	VALUES (new.seq, substr(new.organizationId, 5),
		new.number,
		coalesce(new.folded->>'subject', new.subject),
		substr(new.clientId, 5));
END;
--> statement-breakpoint
CREATE TRIGGER `invoices_search_update` AFTER UPDATE OF `subject`, `clientId`, `folded` ON `invoices` BEGIN
	UPDATE invoices_search SET organization = substr(new.organizationId, 5),
		number = new.number,
		subject = coalesce(new.folded->>'subject', new.subject),
		client = substr(new.clientId, 5)
	WHERE rowid = new.seq;
END;
--> statement-breakpoint
-- Rows written before are folded by the sweeper (src/retention/refold.ts).
INSERT INTO refolds (`table`, organizationId, id) VALUES
	('leads', '', ''),
	('clients', '', ''),
	('deals', '', ''),
	('tasks', '', ''),
	('products', '', ''),
	('quotations', '', ''),
	('invoices', '', ''),
	('tags', '', ''),
	('lead_stages', '', ''),
	('lead_sources', '', ''),
	('users', '', ''),
	('pipelines', '', ''),
	('forms', '', '');
