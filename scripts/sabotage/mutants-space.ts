// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that let one organization fill the database, or keep deleted rows forever.
import { type Mutant, singleEdit } from "./mutant.ts";

export const spaceMutants: readonly Mutant[] = [
	{
		name: "the quota on rows is not checked",
		test: ["test/quotas/records.test.ts", "at /leads doesn't pass the quota together"],
		edits: [
			{
				file: "src/quotas/expectations.ts",
				from: "sql`${roomIn(table, organizationId, last)} >= 0`",
				to: "sql`${roomIn(table, organizationId, last)} IS NOT NULL`",
			},
		],
	},
	{
		name: "the quota on bytes is not checked",
		test: ["test/quotas/bytes.test.ts", "is exceeded by the events of one write"],
		edits: [
			{
				file: "src/quotas/expectations.ts",
				from: '< ${limitOf(organizationId, "bytes")}`',
				to: '<> ${limitOf(organizationId, "bytes")}`',
			},
		],
	},
	{
		name: "changes pass the quota on bytes",
		test: ["test/quotas/bytes.test.ts", "refuses every write that adds to it"],
		edits: [
			{ file: "src/resources/expectations.ts", from: "hasEvents || becomesHeavier", to: "becomesHeavier" },
		],
	},
	{
		name: "a row from before is weighed twice",
		test: ["test/quotas/weighing.test.ts", "are weighed slice by slice"],
		edits: [{ file: "src/retention/weigh.ts", from: "${slice - 1}", to: "${slice - 2}" }],
	},
	singleEdit(
		"the quota on API keys is not checked",
		["test/quotas/others.test.ts", "counts those neither revoked nor expired"],
		"src/api-keys/api-keys.ts",
		"[...write.statements, withinQuota(ctx)]",
		"write.statements",
	),
	singleEdit(
		"a full log keeps answers",
		["test/quotas/log.test.ts", "leaves out URL, headers and answers at nine tenths"],
		"src/delivery/attempt-rows.ts",
		`iif("bare", NULL, value->>'responseBody')`,
		"value->>'responseBody'",
	),
	singleEdit(
		"a batch of won deals reads leads of any size",
		["test/crm/winning.test.ts", "takes as many heavy leads as fit together"],
		"src/crm/deals/winning.ts",
		"last?.ended === 1 &&",
		"last?.ended === 2 &&",
	),
	singleEdit(
		"a page after rows that have a sort value begins among them again",
		["test/contract/rare-filters.test.ts", "finds them behind all others"],
		"src/db/list-segments.ts",
		'		extraColumn: sql`NULL AS "sortValue"`,\n\t};',
		"\t};",
	),
	singleEdit(
		"a sweep looks at every organization",
		["test/retention/many-organizations.test.ts", "a sweep reads no more"],
		"src/retention/events.ts",
		"${hasTurn(now)} AND",
		"",
	),
	singleEdit(
		"attempts that are purged stay counted",
		["test/quotas/log.test.ts", "uncounted as the log is purged"],
		"src/retention/logs.ts",
		"removeDeliveries(oldDeliveries))",
		"removeDeliveries(oldDeliveries).slice(1))",
	),
	singleEdit(
		"a full log is filled on",
		["test/quotas/full-log.test.ts", "refuses what would be delivered"],
		"src/outbox/record.ts",
		'cause === "change" && ctx.actor.type',
		'cause !== "change" && ctx.actor.type',
	),
	singleEdit(
		"a full log is filled on by deletions",
		["test/quotas/held.test.ts", "refuses no deletion"],
		"src/outbox/held.ts",
		'"full")}, -1, 0)',
		'"full")}, 0, 0)',
	),
	singleEdit(
		"held deliveries are forgotten",
		["test/quotas/held-chunks.test.ts", "are made in chunks of 500 events"],
		"src/outbox/catch-up.ts",
		"iif(${next} > ${numberOfKey(newestKey(base))}, NULL, ${next})",
		"iif(${next} > 0, NULL, ${next})",
	),
	singleEdit(
		"held deliveries are made twice",
		["test/quotas/held-chunks.test.ts", "are made in chunks of 500 events"],
		"src/outbox/catch-up.ts",
		'const next = end(sql`"heldFrom"`);',
		'const next = sql`(${end(sql`"heldFrom"`)} - 1)`;',
	),
	singleEdit(
		"later deliveries overtake held ones",
		["test/quotas/held.test.ts", "refuses no deletion"],
		"src/outbox/fan-out.ts",
		'sql`webhook."heldFrom" IS NULL`',
		"sql`true`",
	),
	singleEdit(
		"what was held before a webhook was enabled is sent",
		["test/quotas/held.test.ts", "without what happened before a webhook was enabled"],
		"src/outbox/catch-up.ts",
		'coalesce(webhook."heldSkippedTo", 0)',
		"0",
	),
	singleEdit(
		"held deliveries fill a full log",
		["test/quotas/held-chunks.test.ts", "go on where the organization has room"],
		"src/outbox/catch-up.ts",
		"AND NOT (${hasLogReached(",
		"AND NOT (false AND ${hasLogReached(",
	),
	singleEdit(
		"events are purged before their deliveries are made",
		["test/quotas/held-chunks.test.ts", "keep their events from being purged"],
		"src/retention/events.ts",
		'coalesce("held", event."key" + 1)',
		'coalesce("held" * 2, event."key" + 1)',
	),
	singleEdit(
		"held deliveries show an erased person",
		["test/quotas/held.test.ts", "takes erasures, reports"],
		"src/outbox/catch-up.ts",
		"AND NOT (${isErased})",
		"AND NOT (false AND ${isErased})",
	),
	singleEdit(
		"deliveries are not counted",
		["test/quotas/full-log.test.ts", "is exceeded by at most one write"],
		"src/outbox/fan-out.ts",
		"SELECT made.*, ${counted} FROM",
		"SELECT made.*, 0 * ${counted} FROM",
	),
	singleEdit(
		"a full log loses what waits",
		["test/quotas/full-log.test.ts", "loses its oldest ended deliveries"],
		"src/retention/overflow.ts",
		'WHERE delivery."dueAt" IS NULL`',
		"WHERE true`",
	),
	singleEdit(
		"a full log is read from its beginning by each chunk",
		["test/quotas/full-log.test.ts", "is read a chunk at a time"],
		"src/retention/overflow.ts",
		"rows.at(-1)?.id ?? null",
		"null",
	),
	singleEdit(
		"reports on webhooks pass the quota on bytes",
		["test/quotas/full-log.test.ts", "and quota on bytes leaves out reports on webhooks"],
		"src/outbox/record.ts",
		"(hasBytesLeft(ctx.caller.organizationId))",
		"(sql`true`)",
	),
	{
		name: "the quota on webhooks and definitions is not checked",
		test: ["test/quotas/others.test.ts", "weighs an entity's definitions together"],
		edits: [
			{
				file: "src/quotas/expectations.ts",
				from: "return expect(sql`${counted} <= ${limit}`, () => overQuota(name));",
				to: "return expect(sql`${counted} <> ${limit}`, () => overQuota(name));",
			},
		],
	},
	{
		name: "rows whose ids are late are not counted",
		test: ["test/quotas/counts.test.ts", "is exact with late rows, batches and removals"],
		edits: [{ file: "src/db/counts.ts", from: 'OR "late" > 0', to: 'OR "late" > 100' }],
	},
	{
		name: "the purge stops early",
		test: ["test/retention/purge.test.ts", "continues with each table until no row is left"],
		edits: [
			{
				file: "src/sweeper/purge.ts",
				from: "if (await runChunk(own, chore)) continued.push(chore);",
				to: "await runChunk(own, chore);",
			},
		],
	},
	{
		name: "answers are kept without end",
		test: ["test/quotas/answers.test.ts", "large answers count with their size"],
		edits: [{ file: "src/quotas/answers.ts", from: "+ ${counted} <= ${limit}`", to: "+ ${counted} > 0`" }],
	},
	{
		name: "a page is as heavy as its rows",
		test: ["test/contract/page-bytes.test.ts", "in a list of leads with &search=heavy"],
		edits: [
			{
				file: "src/db/scan.ts",
				from: 'WHERE "sum" - "bytes" < ${MAX_PAGE_BYTES}`',
				to: "WHERE ${MAX_PAGE_BYTES} > 0`",
			},
		],
	},
	{
		name: "a deleted row keeps its links",
		test: [
			"test/contract/deleted-rows.test.ts",
			"is free again behind deleted leads with it in a custom field",
		],
		edits: [
			{
				file: "src/db/store.ts",
				from: "row.deletedAt === null ? mapping.links(row) : []",
				to: "mapping.links(row)",
			},
		],
	},
	{
		name: "a sweep asks D1 for whatever it takes",
		test: ["test/delivery/sweep-queries.test.ts", "stays within what one invocation may ask"],
		edits: [{ file: "src/db/meter.ts", from: "used += statements.length;", to: "used += 0;" }],
	},
	{
		name: "what something live refers to is removed",
		test: ["test/retention/trash.test.ts", "is a deleted row that a live one refers to"],
		edits: [
			{
				file: "src/retention/trash.ts",
				from: "const all = [referringRows, dependentRows]",
				to: "const all = [referringRows && null, dependentRows]",
			},
		],
	},
	singleEdit(
		"a chunk of deleted rows has values of any size",
		["test/retention/purge.test.ts", "removes rows with very many values"],
		"src/retention/trash.ts",
		'WHERE "before" < ${MAX_VALUES_BYTES}`',
		'WHERE "before" < ${MAX_VALUES_BYTES * 1_000}`',
	),
	singleEdit(
		"definitions and pipelines are weighed by their characters",
		["test/quotas/others.test.ts", "of as many characters, but more bytes"],
		"src/resources/weight.ts",
		"utf8Bytes(JSON.stringify(after)) > utf8Bytes(JSON.stringify(before))",
		"JSON.stringify(after).length > JSON.stringify(before).length",
	),
];
