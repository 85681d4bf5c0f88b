// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
// Bugs of an export or an import that lose rows, take what is damaged, or hurt whoever is beside them.
import { type Mutant, singleEdit } from "./mutant.ts";

const FILE = "test/system/organization-file.test.ts";
const ROWS = "test/system/organization-file-rows.test.ts";
const WORKER = "test/shards/exports.test.ts";

export const exportMutants: readonly Mutant[] = [
	singleEdit(
		"a row is left out of the file",
		[FILE, "all rows arrive, long ones and those that change meanwhile: on this machine"],
		"scripts/admin/exporting.ts",
		"for (const [, ...values] of rows)",
		"for (const [, ...values] of rows.slice(1))",
	),
	singleEdit(
		"an altered line is accepted",
		[FILE, "every changed character and every missing line"],
		"scripts/admin/organization-file.ts",
		'if (end.rows !== rows || end.sha256 !== hash.digest("hex"))',
		"if (end.rows !== rows)",
	),
	singleEdit(
		"the checksum is not looked at",
		[FILE, "a file that is truncated, altered or of another version"],
		"scripts/admin/organization-file.ts",
		'if (end.rows !== rows || end.sha256 !== hash.digest("hex")) throw new Error(ALTERED);',
		"",
	),
	singleEdit(
		"a file without its last line is accepted",
		[FILE, "a file that is truncated, altered or of another version"],
		"scripts/admin/organization-file.ts",
		'if (typeof end?.sha256 !== "string" || Array.isArray(end)) throw new Error(UNFINISHED);',
		'if (typeof end?.sha256 !== "string" || Array.isArray(end)) return header;',
	),
	singleEdit(
		"what changes while the file is written is not in it",
		[FILE, "all rows arrive, long ones and those that change meanwhile: on this machine"],
		"scripts/admin/exporting.ts",
		"await query(sql.join(joinJournal(), sql`;\\n`));",
		"",
	),
	singleEdit(
		"a long journal is read to its first part",
		[FILE, "all rows arrive, long ones and those that change meanwhile: on this machine"],
		"src/moving/snapshot.ts",
		"const isComplete = !isCut && Number(entries) < MAX_ENTRIES;",
		"const isComplete = !isCut;",
	),
	singleEdit(
		"keys that name another shard are unknown",
		[FILE, "keys that name another shard are found there"],
		"scripts/admin/importing.ts",
		"await forward(work, target.on(shard), id, name);",
		"target.on(shard);",
	),
	singleEdit(
		"attempts of a delivery that is not in the file are imported",
		[ROWS, "a file changes no rows of other organizations"],
		"scripts/admin/row-check.ts",
		"if (unsent !== undefined)",
		"if (unsent === undefined)",
	),
	singleEdit(
		"an import overwrites attempts of others",
		[ROWS, "a file changes no rows of other organizations"],
		"scripts/admin/row-check.ts",
		"if (foreignDelivery !== undefined)",
		'if (foreignDelivery === "")',
	),
	singleEdit(
		"an import removes attempts of others",
		[ROWS, "a file changes no rows of other organizations"],
		"scripts/admin/import-rows.ts",
		"const keys = lines.filter((line) => isWanted(JSON.parse(line)[0]));",
		"const keys = lines.filter((line) => isWanted(JSON.parse(line)[0]) || true);",
	),
	singleEdit(
		"callers are let in before all rows are there",
		[WORKER, "an organization that is being imported answers 503"],
		"src/gate/known-key.ts",
		"if (home === IMPORTING) throw unavailable();",
		"",
	),
	{
		name: "the journal is ended while an export uses it",
		test: [WORKER, "the journal that an export has begun is ended by the sweeper"],
		edits: [
			{
				file: "src/moving/leftovers.ts",
				from: " WHERE NOT EXISTS (SELECT 1 FROM ${moves} WHERE ${isJournaled})",
				to: "",
			},
			{
				file: "src/moving/leftovers.ts",
				from: "await commit({ env }, [nobody, ...drops]);",
				to: "await commit({ env }, drops);",
			},
		],
	},
	singleEdit(
		"an export is taken for a move that can be withdrawn",
		[WORKER, "an export is never taken for a move"],
		"src/moving/request.ts",
		"${isMoveFrom(shard)} AND ",
		"",
	),
];
