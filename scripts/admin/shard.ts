// `npm run admin -- shard add`: a further database in wrangler.toml, and what has to be made at Cloudflare for it. The file is
// edited as text, since it is a person's, comments and all, and the result is parsed before it is written.
import {
	mkdtempSync,
	readFileSync,
	realpathSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { MAX_SHARDS } from "../../src/gate/api-key.ts";
import { databaseBindingOf, shardsAmong } from "../../src/places.ts";
import { type ConfigTable, type ConfigTables, readTables } from "../local/config.ts";
import { plain, repositoryRoot } from "../tools/tools.ts";
import { missingQueues } from "./place-queues.ts";
import type { Place } from "./shard-place.ts";
import { keyText, tableText, withTables, withText } from "./toml-tables.ts";

/** Stands for the id of a database that is yet to be made. */
const NO_ID = "00000000-0000-0000-0000-000000000000";

export interface Added {
	readonly shard: number;
	readonly binding: string;
	/** The commands that make what was named, and what is to be done then. */
	readonly next: readonly string[];
}

/**
 * Writes the bindings of a further shard into a wrangler.toml, with the queues that its jurisdiction lacks.
 * Throws an Error in plain words, and writes nothing, if the file can't be read or would say anything else.
 */
export function addShard(place: Place, path = join(repositoryRoot, "wrangler.toml")): Added {
	const text = readFileSync(path, "utf8");
	const tables = readTables(path);
	const { shard, database } = nextDatabase(tables);
	const [flag, where] =
		"jurisdiction" in place ? ["--jurisdiction", place.jurisdiction] : ["--location", place.location];
	const make = `npx wrangler d1 create ${database.database_name} ${flag} ${where}`;
	const missing = "jurisdiction" in place ? missingQueues(tables, where) : null;
	const added: Additions = {
		database,
		comment: `shard ${shard}: ${make.replace("npx ", "")}`,
		producers: missing?.producers ?? [],
		consumers: missing?.consumers ?? [],
		places: missing ? placesWith(tables, shard, where) : null,
	};
	const edited = checked(tables, text, added);
	if (readFileSync(path, "utf8") !== text)
		throw new Error("wrangler.toml was changed by something else meanwhile. Run the command again.");
	replaceFile(path, edited);
	return {
		shard,
		binding: database.binding,
		next: [
			make,
			...(missing?.names ?? []).map((queue) => `npx wrangler queues create ${queue} ${flag} ${where}`),
			`Put the database_id that the first prints into wrangler.toml, under ${database.binding}.`,
			"npm run deploy",
		],
	};
}

/** Gives a file another text, as a whole: a command that is killed meanwhile leaves the former text. */
function replaceFile(path: string, text: string): void {
	const file = realpathSync(path);
	const next = `${file}.next`;
	writeFileSync(next, text, { mode: statSync(file).mode });
	renameSync(next, file);
}

/** What is to be written. */
interface Additions {
	readonly database: ConfigTable;
	/** Says behind its head how the database is made. */
	readonly comment: string;
	readonly producers: readonly ConfigTable[];
	readonly consumers: readonly ConfigTable[];
	/** The new SHARD_PLACES; null leaves it. */
	readonly places: string | null;
}

/** The next shard and its database, which has its migrations where the first one has them. */
function nextDatabase({ d1_databases = [] }: ConfigTables) {
	const first = d1_databases.find(({ binding }) => binding === databaseBindingOf(0));
	if (!first)
		throw new Error(
			`wrangler.toml has no [[d1_databases]] with ${keyText("binding", databaseBindingOf(0))}.`,
		);
	const shard = Math.max(...shardsAmong(d1_databases.map(({ binding }) => String(binding)))) + 1;
	if (shard >= MAX_SHARDS) throw new Error(`There are as many shards as keys can name: ${shard}.`);
	const { migrations_dir, migrations_table, database_name = "leadwire" } = first;
	const migrations = Object.entries({ migrations_dir, migrations_table }).filter(([, value]) => value);
	const database = {
		binding: databaseBindingOf(shard),
		database_name: `${database_name}-${shard}`,
		database_id: NO_ID,
		...Object.fromEntries(migrations),
	};
	return { shard, database };
}

/** SHARD_PLACES with one more shard. */
function placesWith({ vars }: ConfigTables, shard: number, place: string): string {
	const places = vars?.SHARD_PLACES;
	if (typeof places !== "string") throw new Error('wrangler.toml has no SHARD_PLACES = "" under [vars].');
	return `${places.trim() === "" ? "" : `${places}, `}${shard}=${place}`;
}

/** The new text of the file, which says what it said before and what is added. */
function checked(before: ConfigTables, text: string, added: Additions): string {
	const { d1_databases = [], queues = {}, vars } = before;
	const { producers = [], consumers = [] } = queues;
	const hasQueues = added.producers.length + added.consumers.length > 0;
	const expected: ConfigTables = {
		...before,
		d1_databases: [...d1_databases, added.database],
		...(hasQueues
			? {
					queues: {
						...queues,
						producers: [...producers, ...added.producers],
						consumers: [...consumers, ...added.consumers],
					},
				}
			: {}),
		...(added.places === null ? {} : { vars: { ...vars, SHARD_PLACES: added.places } }),
	};
	try {
		const edited = edit(text, added);
		if (isDeepStrictEqual(parsed(edited), expected)) return edited;
		throw new Error("The result would not say what it should.");
	} catch (error) {
		throw new Error(
			`wrangler.toml is written in a way that can't be edited here, and was left as it is: ${plain(error)} Put this into it by hand:\n\n${byHand(added)}`,
		);
	}
}

function tableTexts({ database, comment, producers, consumers }: Additions) {
	return {
		d1_databases: [tableText("d1_databases", database, comment)],
		"queues.producers": producers.map((table) => tableText("queues.producers", table)),
		"queues.consumers": consumers.map((table) => tableText("queues.consumers", table)),
	};
}

function edit(text: string, added: Additions): string {
	const placed = added.places === null ? text : withText(text, "SHARD_PLACES", added.places);
	return Object.entries(tableTexts(added)).reduce(
		(edited, [name, tables]) => withTables(edited, name, tables),
		placed,
	);
}

function byHand(added: Additions): string {
	const places = added.places === null ? [] : [keyText("SHARD_PLACES", added.places)];
	return [...Object.values(tableTexts(added)).flat(), ...places].join("\n\n");
}

/** What a wrangler.toml would say. Wrangler's reader takes a file. */
function parsed(text: string): ConfigTables {
	const folder = mkdtempSync(join(tmpdir(), "leadwire-shard-"));
	try {
		const path = join(folder, "wrangler.toml");
		writeFileSync(path, text);
		return readTables(path);
	} finally {
		rmSync(folder, { recursive: true });
	}
}
