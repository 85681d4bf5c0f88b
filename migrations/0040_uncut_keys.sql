-- Keys of long texts have a digest at their end now (src/text/fold.ts). The sweeper folds all rows again (src/retention/refold.ts).
INSERT OR REPLACE INTO refolds (`table`, organizationId, id) VALUES
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
