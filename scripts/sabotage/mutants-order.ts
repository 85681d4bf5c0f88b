// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs that make a copy miss a row, or contain something else than what is stored.
import { type Mutant, singleEdit } from "./mutant.ts";

const ORDER = "test/contract/commit-order.test.ts";
const STAMPS = "test/contract/stamps.test.ts";
const RESTAMP = "test/custom-fields/restamp.test.ts";
const AGREES = "shows the same instants in its answer";

export const orderMutants: readonly Mutant[] = [
	singleEdit(
		"rows are stamped with the request's instant",
		[ORDER, "end with every copy as the rows are"],
		"src/db/stamps.ts",
		"return sql`max(${now}, coalesce((${newest}), 0) + 1, coalesce((${removed}), 0) + 1)`;",
		"return sql`${now} + 0 * coalesce((${newest}), (${removed}), 0)`;",
	),
	singleEdit(
		"rows share the instant of the one before",
		[ORDER, "never shares its instant"],
		"src/db/stamps.ts",
		"coalesce((${newest}), 0) + 1",
		"coalesce((${newest}), 0)",
	),
	singleEdit(
		"what was removed for good is forgotten",
		[STAMPS, "is not stamped before one that has been removed"],
		"src/db/stamps.ts",
		", coalesce((${removed}), 0) + 1)",
		", 0 * coalesce((${removed}), 0))",
	),
	singleEdit(
		"events show the request's instant",
		[STAMPS, AGREES],
		"src/outbox/record.ts",
		'slotsWithin("data", slots)',
		'slotsWithin("none", slots)',
	),
	singleEdit(
		"a kept answer shows the request's instant",
		[STAMPS, AGREES],
		"src/http/idempotency.ts",
		'slotsWithin("answer.body", slots)',
		'slotsWithin("none", slots)',
	),
	singleEdit(
		"a sealed answer shows the request's instant",
		[STAMPS, AGREES],
		"src/http/idempotency.ts",
		"fillSlots(answer.body, JSON.parse(values))",
		"fillSlots(answer.body, JSON.parse(values) && {})",
	),
	singleEdit(
		"an answer shows the request's instant",
		[STAMPS, AGREES],
		"src/http/write.ts",
		"fillSlots(planned.body, values)",
		"fillSlots(planned.body, values && {})",
	),
	singleEdit(
		"a deleted field leaves the ETags of those that hold it as they are",
		[RESTAMP, "changes the ETags of those that hold a value"],
		"src/custom-fields/with-custom-fields.ts",
		"Object.keys(row.custom).filter((id) => !live.has(id))",
		'Object.keys(row.custom).filter((id) => !live.has(id) && id === "")',
	),
	singleEdit(
		"a restored field leaves updatedAt as it is",
		[RESTAMP, "moves their updatedAt with the next sweep"],
		"src/custom-fields/definitions.ts",
		"return withRestamp(planned);",
		"return planned;",
	),
	singleEdit(
		"a slice begins where the one before began",
		[RESTAMP, "are stamped slice by slice"],
		"src/custom-fields/restamp.ts",
		'(SELECT max("id") FROM (${slice}))',
		'(SELECT min("id") FROM (${slice}))',
	),
	singleEdit(
		"an event has the request's instant",
		[ORDER, "end with every copy as the rows are"],
		"src/db/event-keys.ts",
		"CAST(max(${now}, coalesce(",
		"CAST(iif(1, ${now}, coalesce(",
	),
];
