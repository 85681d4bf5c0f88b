// The databases of this run: one, or three (vitest.config.ts). New organizations are assigned to them in turn.
import { env } from "cloudflare:workers";
import { withMembers } from "../../scripts/platform/d1.ts";
import type { Bindings, Env } from "../../src/env.ts";
import { databaseBindingOf } from "../../src/places.ts";
import { envOf, shardsOf } from "../../src/shards.ts";
import type { Json } from "./api.ts";

/** The numbers of the shards. */
export const shards = shardsOf(env);

/** The bindings for organizations of a shard. */
export const bindingsOf = (shard: number): Env => envOf(env, shard);

export const firstShard = bindingsOf(0);

/** The shard of each organization of this test file. */
const homes = new Map<string, number>();
let dealt = 0;

/** Assigns a new organization to a shard: the next one, unless it is given. */
export function placeOrganization(organizationId: string, shard = shards[dealt++ % shards.length] ?? 0): Env {
	homes.set(organizationId, shard);
	return bindingsOf(shard);
}

export const shardOf = (organizationId: string): number => homes.get(organizationId) ?? 0;

/** The bindings for an organization. */
export const envFor = (organizationId: string): Env => bindingsOf(shardOf(organizationId));

/** The database of an organization. */
export const dbOf = (organizationId: string): D1Database => envFor(organizationId).DB;

/** Runs a statement in every database; returns the rows of all. Ids are unique, so rows of an id are found wherever they are. */
export async function run<Row = Json>(text: string, ...values: unknown[]): Promise<Row[]> {
	const found = await Promise.all(
		shards.map((shard) =>
			bindingsOf(shard)
				.DB.prepare(text)
				.bind(...values)
				.all<Row>(),
		),
	);
	return found.flatMap(({ results }) => results);
}

/** The sum over all databases of the number that a query returns, such as a count; where it returns no row, 0. */
export async function total(text: string, ...values: unknown[]): Promise<number> {
	const rows = await run<Record<string, number | null>>(text, ...values);
	return rows.reduce((sum, row) => sum + Number(Object.values(row)[0] ?? 0), 0);
}

/** The columns of a table. */
export async function columnsOf(table: string): Promise<string[]> {
	const { results } = await firstShard.DB.prepare("SELECT name FROM pragma_table_info(?)")
		.bind(table)
		.all<{ name: string }>();
	return results.map(({ name }) => name);
}

/** The steps in which SQLite would carry out a statement. */
export async function planOf({
	text,
	params,
}: {
	text: string;
	params: readonly unknown[];
}): Promise<string[]> {
	const { results } = await firstShard.DB.prepare(`EXPLAIN QUERY PLAN ${text}`)
		.bind(...params)
		.all<{ detail: string }>();
	return results.map(({ detail }) => detail);
}

/** Does something in every shard, one after the other. */
export async function inEachShard(work: (env: Env) => Promise<unknown>): Promise<void> {
	for (const shard of shards) await work(bindingsOf(shard));
}

/** Wraps every database of some bindings, and its sessions, to record or fail all calls to D1. */
export function wrapDatabases(
	wrap: (db: D1Database, shard: number) => D1Database,
	bindings: Bindings = env,
): Pick<Bindings, "DB"> {
	return Object.fromEntries(
		shardsOf(bindings).map((shard) => {
			const { DB } = envOf(bindings, shard);
			// A session has the same methods for queries.
			const withSession = (start?: string) => wrap(DB.withSession(start) as unknown as D1Database, shard);
			return [databaseBindingOf(shard), withMembers(wrap(DB, shard), { withSession })];
		}),
	) as unknown as Pick<Bindings, "DB">;
}
