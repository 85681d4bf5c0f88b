// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that make a copy miss a row, or contain something else than what is stored.
import { type Mutant, one } from "./mutant.ts";

const ORDER = "test/contract/commit-order.test.ts";
const STAMPS = "test/contract/stamps.test.ts";
const RESTAMP = "test/custom-fields/restamp.test.ts";
const AGREES = "says the same of a row in its answer";

export const order: readonly Mutant[] = [
	one(
		"rows are stamped with the request's instant",
		[ORDER, "end with every copy as the rows are"],
		"src/db/stamps.ts",
		"return sql`max(${now}, coalesce((${newest}), 0) + 1, coalesce((${removed}), 0) + 1)`;",
		"return sql`${now} + 0 * coalesce((${newest}), (${removed}), 0)`;",
	),
	one(
		"rows share the instant of the one before",
		[ORDER, "never shares its instant"],
		"src/db/stamps.ts",
		"coalesce((${newest}), 0) + 1",
		"coalesce((${newest}), 0)",
	),
	one(
		"what was removed for good is forgotten",
		[STAMPS, "is not stamped before one that has been removed"],
		"src/db/stamps.ts",
		", coalesce((${removed}), 0) + 1)",
		", 0 * coalesce((${removed}), 0))",
	),
	one(
		"events show the request's instant",
		[STAMPS, AGREES],
		"src/outbox/record.ts",
		"filledText(sql`draft.value->'payload'`, \"$.data\", slots)",
		"filledText(sql`draft.value->'payload'`, \"$.none\", slots)",
	),
	one(
		"a kept answer shows the request's instant",
		[STAMPS, AGREES],
		"src/http/idempotency.ts",
		'filledText(sql`${plain}`, "$.answer.body", slots)',
		'filledText(sql`${plain}`, "$.none", slots)',
	),
	one(
		"a sealed answer shows the request's instant",
		[STAMPS, AGREES],
		"src/http/idempotency.ts",
		"filled(answer.body, JSON.parse(values))",
		"filled(answer.body, JSON.parse(values) && {})",
	),
	one(
		"an answer shows the request's instant",
		[STAMPS, AGREES],
		"src/http/write.ts",
		"filled(planned.body, await committed(ctx, all, answerSlots))",
		"filled(planned.body, (await committed(ctx, all, answerSlots)) && {})",
	),
	one(
		"a deleted field leaves the ETags of those that hold it as they are",
		[RESTAMP, "changes the ETags of those that hold a value"],
		"src/custom-fields/with-custom-fields.ts",
		"Object.keys(row.custom).filter((id) => !live.has(id))",
		'Object.keys(row.custom).filter((id) => !live.has(id) && id === "")',
	),
	one(
		"a restored field leaves updatedAt as it is",
		[RESTAMP, "moves their updatedAt with the next sweep"],
		"src/custom-fields/definitions.ts",
		"return restamped(planned);",
		"return planned;",
	),
	one(
		"a slice begins where the one before began",
		[RESTAMP, "are stamped slice by slice"],
		"src/custom-fields/restamp.ts",
		'(SELECT max("id") FROM (${slice}))',
		'(SELECT min("id") FROM (${slice}))',
	),
	one(
		"an event has the request's instant",
		[ORDER, "end with every copy as the rows are"],
		"src/outbox/keys.ts",
		"CAST(max(${now}, coalesce(",
		"CAST(iif(1, ${now}, coalesce(",
	),
];
