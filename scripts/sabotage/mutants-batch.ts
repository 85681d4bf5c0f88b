// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs of batches: an item that doesn't find what the items before it did, or overwrites what others did.
import { type Mutant, singleEdit } from "./mutant.ts";

const UPSERTS = "test/crm/batch-upserts.test.ts";
const UPDATES = "test/crm/batch-updates.test.ts";
const MANY = "src/resources/many.ts";

export const batchMutants: readonly Mutant[] = [
	singleEdit(
		"an item of a batch doesn't match what an item before it made",
		[UPSERTS, "finds what is stored and what its own items have made"],
		MANY,
		"createdBy.set(key, [made.row.id]);",
		"createdBy.delete(key);",
	),
	singleEdit(
		"the version of an item is not compared",
		[UPDATES, "changes what each item names, at the version that it names"],
		MANY,
		"version !== undefined && row.version !== version",
		"version === 0 && row.version !== version",
	),
	singleEdit(
		"a batch deletes what its other items refer to",
		["test/crm/batch-deletions.test.ts", "refuses a company before its contact, and not after it"],
		MANY,
		"found.holders.get(before.id) ?? rows.holderOf(before.id, blockingReferences(table))",
		"found.holders.get(before.id)",
	),
	singleEdit(
		"an item refers to what an item before it has changed",
		[UPDATES, "checks references against the kind that a client has"],
		"src/resources/many-rows.ts",
		"if (to !== this.#table || !this.#rows.has(id)) return undefined;",
		"if (to !== this.#table || this.#rows.size >= 0) return undefined;",
	),
	singleEdit(
		"a batch overwrites what was written meanwhile",
		[UPDATES, "is planned again when another write came first, item by item"],
		"src/db/store.ts",
		"AND ${table.version} = change.value->>'from'",
		"AND ${table.version} >= change.value->>'from'",
	),
	singleEdit(
		"a value that a row has only between two items is not compared with those of other rows",
		[
			UPDATES,
			"refuses an item whose value another row has, also if a later item gives the row another value",
		],
		MANY,
		"...expectUntaken(rows.passing(), rows.written()),",
		"",
	),
];
