// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that make a copy of the events miss some, or the database lose them.
import { type Mutant, singleEdit } from "./mutant.ts";

export const feedMutants: readonly Mutant[] = [
	singleEdit(
		"an event is as old as its request",
		["test/events/commit-order.test.ts", "never is older than the one before it"],
		"src/db/event-keys.ts",
		"CAST(max(${now}, coalesce(",
		"CAST(iif(1, ${now}, coalesce(",
	),
	singleEdit(
		"who follows the feed is led on from the last event that fits",
		["test/events/commit-order.test.ts", "reads nothing twice where nothing fits"],
		"src/events/feed.ts",
		"ascending ? newest :",
		"ascending ? Number(rows.at(-1)?.sequence ?? after?.id ?? Number(oldest) - 1) :",
	),
	singleEdit(
		"a feed seeks by its first bound alone",
		["test/events/commit-order.test.ts", "reads as little in the middle"],
		"src/db/feed.ts",
		"${more.length > 0 ? sql`${closest}(${sql.list(values)})` : value}",
		"${sql.join([value, ...more], sql` AND ${key} ${operator} `)}",
	),
	singleEdit(
		"a cursor leads on over events that are gone",
		["test/retention/events.test.ts", "leave a cursor good as long as"],
		"src/events/feed.ts",
		"Number(id) + 1 >= oldest",
		"oldest >= 0",
	),
	singleEdit(
		"an event is purged while its delivery may be sent again",
		["test/retention/events.test.ts", "stay while a delivery of theirs is in the log"],
		"src/retention/events.ts",
		'${isOld} AND substr(event."id", 5, 10) < coalesce("logged", \'~\')',
		"${isOld}",
	),
	singleEdit(
		"the newest event is purged, and numbers begin again",
		["test/retention/events.test.ts", "go after 90 days but for the newest"],
		"src/retention/events.ts",
		'min(owner."oldest" + CAST(${CHUNK_ROWS} AS INTEGER), owner."newest")',
		'owner."oldest" + CAST(${CHUNK_ROWS} AS INTEGER)',
	),
	singleEdit(
		"the oldest of the former events are moved first",
		["test/retention/events.test.ts", "are moved by slices"],
		"src/retention/events.ts",
		'ORDER BY "id" DESC ${sql.limit(limit)}',
		'ORDER BY "id" ${sql.limit(limit)}',
	),
	singleEdit(
		"a former event is not found before it is moved",
		["test/retention/events.test.ts", "are found by id and sent again"],
		"src/db/event-keys.ts",
		'WHERE ${isRow("event", organizationId, id)}',
		'WHERE ${isRow("event", organizationId, id)} AND 0',
	),
	singleEdit(
		"the log of a record leaves out what repeats an event",
		["test/delivery/log.test.ts", "the log of one record has the deliveries of its events"],
		"src/webhooks/record-log.ts",
		'IN (entry."id", entry."next")',
		'= entry."id"',
	),
	singleEdit(
		"the log of a record ends at the first page without deliveries",
		["test/delivery/log.test.ts", "the log of one record has the deliveries of its events"],
		"src/webhooks/record-log.ts",
		"Number(scanned?.count) === MAX_EVENTS",
		"rows.length > 0 && Number(scanned?.count) === MAX_EVENTS",
	),
];
