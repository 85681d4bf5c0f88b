-- The columns that a lead has, so that rows and answers are as large as ours; no index, no trigger.
CREATE TABLE leads (
	id TEXT PRIMARY KEY NOT NULL,
	version INTEGER NOT NULL DEFAULT 1,
	createdAt INTEGER NOT NULL,
	updatedAt INTEGER NOT NULL,
	deletedAt INTEGER,
	number INTEGER NOT NULL DEFAULT 1,
	name TEXT NOT NULL,
	firstName TEXT,
	lastName TEXT,
	email TEXT,
	mobile TEXT,
	secondaryMobile TEXT,
	title TEXT,
	position TEXT,
	company TEXT,
	website TEXT,
	twitter TEXT,
	linkedin TEXT,
	notes TEXT,
	score INTEGER,
	value INTEGER,
	currency TEXT,
	expectedCloseDate TEXT,
	sourceId TEXT,
	stageId TEXT,
	ownerId TEXT,
	assigneeIds TEXT NOT NULL DEFAULT '[]',
	tagIds TEXT NOT NULL DEFAULT '[]',
	archived INTEGER NOT NULL DEFAULT 0,
	convertedAt INTEGER,
	convertedClientId TEXT,
	convertedDealId TEXT
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE events (
	id TEXT PRIMARY KEY NOT NULL,
	type TEXT NOT NULL,
	payload TEXT NOT NULL
) WITHOUT ROWID;
