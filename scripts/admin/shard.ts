// `npm run admin -- shard add`: a further database in wrangler.toml, and what has to be made at Cloudflare for it. The file is
// edited as text, since it is a person's, comments and all.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MAX_SHARDS } from "../../src/gate/api-key.ts";
import { databaseBindingOf, queueBindingsOf, shardsAmong } from "../../src/places.ts";
import { repositoryRoot } from "../tools/tools.ts";

/** Where D1 can be asked to put a database. */
export const locations = ["weur", "eeur", "apac", "oc", "wnam", "enam"] as const;
/** Where D1 and Queues can be told to keep what they hold. */
export const jurisdictions = ["eu", "us", "fedramp"] as const;

/** Stands for the id of a database that is yet to be made. */
const NO_ID = "00000000-0000-0000-0000-000000000000";

export type Place = { readonly location: string } | { readonly jurisdiction: string };

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
	const queues =
		"jurisdiction" in place ? queuesIn(bound, shard, place.jurisdiction) : { text: bound, names: [] };
	writeFileSync(path, queues.text);
	return {
		shard,
		binding,
		next: [
			make,
			...queues.names.map((queue) => `npx wrangler queues create ${queue} ${flag} ${where}`),
			`Put the database_id that the first prints into wrangler.toml, under ${binding}.`,
			"npm run deploy",
		],
	};
}

/** Where a shard's database was asked to be, as `addShard` has noted it; null where it has not. */
export function placeOf(text: string, shard: number): Place | null {
	const table = tablesOf(text, "d1_databases").find((one) =>
		one.includes(`\nbinding = "${databaseBindingOf(shard)}"\n`),
	);
	const [, kind, where = ""] = table?.match(/^\[\[.* --(location|jurisdiction) (\S+)$/m) ?? [];
	if (kind === undefined) return null;
	return kind === "location" ? { location: where } : { jurisdiction: where };
}

const databaseName = (text: string) =>
	/^binding = "DB"\ndatabase_name = "([^"]+)"/m.exec(text)?.[1] ?? "leadwire";

/** The tables of this name, each up to the empty line or the table behind it. */
const tablesOf = (text: string, name: string): string[] =>
	text.match(new RegExp(String.raw`^\[\[${name.replace(".", "\\.")}\]\].*(?:\n(?!\[).+)*`, "gm")) ?? [];

/** Puts more tables behind the last one of this name. */
function behind(text: string, name: string, tables: readonly string[]): string {
	const last = tablesOf(text, name).at(-1);
	if (last === undefined) throw new Error(`wrangler.toml has no [[${name}]].`);
	const end = text.lastIndexOf(last) + last.length;
	return [text.slice(0, end).trimEnd(), ...tables, text.slice(end).trimStart()].join("\n\n");
}

/** Says that a shard is in a jurisdiction, and gives that queues, each like the one for everybody else, unless it has them. */
function queuesIn(text: string, shard: number, place: string): { text: string; names: readonly string[] } {
	const placed = text.replace(
		/^SHARD_PLACES = "([^"]*)"$/m,
		(_, places: string) => `SHARD_PLACES = "${places === "" ? "" : `${places}, `}${shard}=${place}"`,
	);
	if (placed === text) throw new Error("wrangler.toml has no SHARD_PLACES.");
	const { first, slow } = queueBindingsOf(place);
	if (text.includes(`binding = "${first}"`)) return { text: placed, names: [] };
	const names = new Map<string, string>();
	const own = (table: string) =>
		table
			.trimEnd()
			.replace(/\]\] *#.*$/m, "]]")
			.replace(/^binding = "(SLOW_)?DELIVERIES"$/m, (_, isSlow) => `binding = "${isSlow ? slow : first}"`)
			.replace(
				/^(queue|dead_letter_queue) = "([^"]*?)((?:slow-)?deliveries(?:-dead)?)"$/gm,
				(_, key, before, kind) => {
					names.set(kind, `${before}${place}-${kind}`);
					return `${key} = "${before}${place}-${kind}"`;
				},
			);
	// Of those for everybody: a place has no others.
	const isCommon = (table: string) =>
		/^(?:binding = "(?:SLOW_)?DELIVERIES"|queue = "leadwire-(?:slow-)?deliveries(?:-dead)?")$/m.test(table);
	const copies = (kind: string) => tablesOf(text, kind).filter(isCommon).map(own);
	const produced = behind(placed, "queues.producers", copies("queues.producers"));
	return {
		text: behind(produced, "queues.consumers", copies("queues.consumers")),
		names: [...names.values()],
	};
}
