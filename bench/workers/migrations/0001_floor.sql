-- What the floor Worker needs besides: keys, webhooks, and one row for each delivery.
CREATE TABLE keys (hash TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE webhooks (
	id TEXT PRIMARY KEY NOT NULL,
	organization TEXT NOT NULL,
	url TEXT NOT NULL,
	secret TEXT NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE deliveries (id TEXT PRIMARY KEY NOT NULL, webhookId TEXT NOT NULL, status INTEGER) WITHOUT ROWID;
