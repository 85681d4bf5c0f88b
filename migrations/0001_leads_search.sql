-- Full-text search over leads. Contentless: the text stays in `leads`, only the index is kept here, under the same rowid.
-- `organization` is the organization's id without its prefix, one token, so that every search begins with it.
CREATE VIRTUAL TABLE `leads_search` USING fts5(
	organization, name, email, mobile, company, title,
	content='', contentless_delete=1, prefix='1 2 3 4 5 6', tokenize='unicode61 remove_diacritics 2'
);
--> statement-breakpoint
CREATE TRIGGER `leads_search_insert` AFTER INSERT ON `leads` BEGIN
	INSERT INTO leads_search (rowid, organization, name, email, mobile, company, title)
	VALUES (new.seq, substr(new.organizationId, 5), new.name, new.email, coalesce(new.mobile, '') || ' ' || coalesce(new.secondaryMobile, ''), new.company, new.title);
END;
--> statement-breakpoint
CREATE TRIGGER `leads_search_update` AFTER UPDATE OF `name`, `email`, `mobile`, `secondaryMobile`, `company`, `title` ON `leads` BEGIN
	UPDATE leads_search SET organization = substr(new.organizationId, 5), name = new.name, email = new.email,
		mobile = coalesce(new.mobile, '') || ' ' || coalesce(new.secondaryMobile, ''), company = new.company, title = new.title
	WHERE rowid = new.seq;
END;
