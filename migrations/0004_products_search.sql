-- Full-text search over products, as in 0001.
CREATE VIRTUAL TABLE `products_search` USING fts5(
	organization, name, sku, description,
	content='', contentless_delete=1, prefix='1 2 3 4 5 6', tokenize='unicode61 remove_diacritics 2'
);
--> statement-breakpoint
CREATE TRIGGER `products_search_insert` AFTER INSERT ON `products` BEGIN
	INSERT INTO products_search (rowid, organization, name, sku, description)
	VALUES (new.seq, substr(new.organizationId, 5), new.name, new.sku, new.description);
END;
--> statement-breakpoint
CREATE TRIGGER `products_search_update` AFTER UPDATE OF `name`, `sku`, `description` ON `products` BEGIN
	UPDATE products_search SET organization = substr(new.organizationId, 5), name = new.name, sku = new.sku,
		description = new.description
	WHERE rowid = new.seq;
END;
