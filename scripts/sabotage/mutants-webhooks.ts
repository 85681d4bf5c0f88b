// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs in what a webhook's settings promise: its filter.
import { type Mutant, singleEdit } from "./mutant.ts";

const FILTERS = "test/delivery/filters.test.ts";
const LANGUAGE = [FILTERS, "lets through in SQL what its documentation says"] as const;

export const webhookMutants: readonly Mutant[] = [
	singleEdit(
		"a filter is kept and not judged",
		[FILTERS, "decides before a delivery is made"],
		"src/outbox/record.ts",
		'AND ${passesFilter(sql`event."payload"`)}',
		"",
	),
	singleEdit(
		"true and 1 are the same to a filter",
		LANGUAGE,
		"src/outbox/filter.ts",
		" AND ${kind(one)} = ${kind(other)}`",
		"`",
	),
	singleEdit(
		"what is unset is not among the values that a filter excludes",
		LANGUAGE,
		"src/outbox/filter.ts",
		"AND (${isSet} OR NOT EXISTS",
		"AND (true OR NOT EXISTS",
	),
];
