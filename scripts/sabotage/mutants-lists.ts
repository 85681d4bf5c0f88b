// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs of lists: the filter by ids, and the JSON of rows that the database makes.
import { type Mutant, singleEdit } from "./mutant.ts";

const IDS = ["test/contract/list-plans.test.ts", "reads only these"] as const;
const SHOWN = "test/contract/shown-rows.test.ts";
const AMOUNTS = [SHOWN, "have texts and amounts unchanged"] as const;
const SHOWN_SOURCE = "src/db/shown.ts";

export const listMutants: readonly Mutant[] = [
	singleEdit(
		"a list by ids in another order reads all records",
		IDS,
		"src/db/list-source.ts",
		'return named("key") ?? named("lookup") ??',
		'return named("lookup") ??',
	),
	singleEdit(
		"a list has fractions without their zeros in front",
		AMOUNTS,
		SHOWN_SOURCE,
		"printf('%04d', abs(${column} % ${UNITS}))",
		"abs(${column} % ${UNITS})",
	),
	singleEdit(
		"a list has texts as they are, between quotes",
		AMOUNTS,
		SHOWN_SOURCE,
		"if (converted === MONEY_UNITS) return null;",
		"if (converted === MONEY_UNITS) return sql`coalesce('\"' || ${column} || '\"', 'null')`;",
	),
	singleEdit(
		"a list leaves out rows with an amount that is not set",
		[SHOWN, "shows its rows as they are read one by one"],
		SHOWN_SOURCE,
		"|| abs(${column} / ${UNITS}) || ${fraction}, 'null')",
		"|| abs(${column} / ${UNITS}) || ${fraction}, '0')",
	),
	singleEdit(
		"a search ends at a record that was erased",
		["test/erasure/erasing.test.ts", "also after one whose request took longer"],
		"src/db/list-source.ts",
		"CAST(${value} AS INTEGER) - ",
		"NULL - ",
	),
];
