// Where the database of a shard can be, and where `shard add` has noted that it is.
import { databaseBindingOf } from "../../src/places.ts";
import { tablesOf } from "./toml-tables.ts";

/** Where D1 can be asked to put a database. */
export const locations = ["weur", "eeur", "apac", "oc", "wnam", "enam"] as const;
/** Where D1 and Queues can be told to keep what they hold. */
export const jurisdictions = ["eu", "us", "fedramp"] as const;

export type Place = { readonly location: string } | { readonly jurisdiction: string };

/** Where a shard's database was asked to be, as `addShard` has noted it; null where it has not. */
export function placeOf(text: string, shard: number): Place | null {
	const binding = new RegExp(String.raw`^\s*binding\s*=\s*["']${databaseBindingOf(shard)}["']`, "m");
	const table = tablesOf(text, "d1_databases").find((one) => binding.test(one));
	const [, kind, where = ""] = table?.match(/^.* --(location|jurisdiction) (\S+)/) ?? [];
	if (kind === undefined) return null;
	return kind === "location" ? { location: where } : { jurisdiction: where };
}
