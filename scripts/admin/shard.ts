// `npm run admin -- shard add`: a further database in wrangler.toml, and what has to be made at Cloudflare for it. The file is
// edited as text, since it is a person's, comments and all.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MAX_SHARDS } from "../../src/gate/api-key.ts";
import { databaseBindingOf, shardsAmong } from "../../src/places.ts";
import { type ConfigTable, readTables } from "../local/config.ts";
import { repositoryRoot } from "../tools/tools.ts";
import { missingQueues } from "./place-queues.ts";
import type { Place } from "./shard-place.ts";
import { behind, tableText } from "./toml-tables.ts";

/** Stands for the id of a database that is yet to be made. */
const NO_ID = "00000000-0000-0000-0000-000000000000";

export interface Added {
	readonly shard: number;
	readonly binding: string;
	/** The commands that make what was named, and what is to be done then. */
	readonly next: readonly string[];
}

/** Writes the bindings of a further shard into a wrangler.toml, with queues of its jurisdiction where it is the first there. */
export function addShard(place: Place, path = join(repositoryRoot, "wrangler.toml")): Added {
	const text = readFileSync(path, "utf8");
	const shards = shardsAmong([...text.matchAll(/^binding = "(\w+)"$/gm)].map(([, name = ""]) => name));
	const shard = Math.max(...shards) + 1;
	if (shard >= MAX_SHARDS) throw new Error(`There are as many shards as keys can name: ${shard}.`);
	const binding = databaseBindingOf(shard);
	const name = `${databaseName(text)}-${shard}`;
	const [flag, where] =
		"jurisdiction" in place ? ["--jurisdiction", place.jurisdiction] : ["--location", place.location];
	const make = `npx wrangler d1 create ${name} ${flag} ${where}`;
	const database = [
		`[[d1_databases]] # shard ${shard}: ${make.replace("npx ", "")}`,
		`binding = "${binding}"`,
		`database_name = "${name}"`,
		`database_id = "${NO_ID}"`,
		'migrations_dir = "migrations"',
	].join("\n");
	const bound = behind(text, "d1_databases", [database]);
	const missing = "jurisdiction" in place ? missingQueues(readTables(path), place.jurisdiction) : null;
	const written = missing ? queuesIn(bound, shard, where, missing) : bound;
	writeFileSync(path, written);
	return {
		shard,
		binding,
		next: [
			make,
			...(missing?.names ?? []).map((queue) => `npx wrangler queues create ${queue} ${flag} ${where}`),
			`Put the database_id that the first prints into wrangler.toml, under ${binding}.`,
			"npm run deploy",
		],
	};
}

const databaseName = (text: string) =>
	/^binding = "DB"\ndatabase_name = "([^"]+)"/m.exec(text)?.[1] ?? "leadwire";

/** Says that a shard is in a jurisdiction, and writes the queues that it lacks. */
function queuesIn(text: string, shard: number, place: string, missing: ReturnType<typeof missingQueues>) {
	const placed = text.replace(
		/^SHARD_PLACES = "([^"]*)"$/m,
		(_, places: string) => `SHARD_PLACES = "${places === "" ? "" : `${places}, `}${shard}=${place}"`,
	);
	if (placed === text) throw new Error("wrangler.toml has no SHARD_PLACES.");
	const tables = (name: string, added: readonly ConfigTable[]) =>
		added.map((table) => tableText(name, table));
	const produced = behind(placed, "queues.producers", tables("queues.producers", missing.producers));
	return behind(produced, "queues.consumers", tables("queues.consumers", missing.consumers));
}
