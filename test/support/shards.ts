// The databases of this run: one, or three where the project says so (vitest.config.ts). Organizations are dealt out to them in turn.
import { env } from "cloudflare:workers";
import type { Bindings, Env } from "../../src/env.ts";
import { databaseOf } from "../../src/places.ts";
import { envOf, shardsOf } from "../../src/shards.ts";

/** The shards there are. */
export const shards = shardsOf(env);

/** The bindings as organizations of a shard see them. */
export const bindingsOf = (shard: number): Env => envOf(env, shard);

export const firstShard = bindingsOf(0);

/** Where each organization of this test file is. */
const homes = new Map<string, number>();
let dealt = 0;

/** Says where a new organization is to live: in the shard after that of the one before, unless told. */
export function settle(organizationId: string, shard = shards[dealt++ % shards.length] ?? 0): Env {
	homes.set(organizationId, shard);
	return bindingsOf(shard);
}

export const shardOf = (organizationId: string): number => homes.get(organizationId) ?? 0;

/** The database of an organization. */
export const dbOf = (organizationId: string): D1Database => bindingsOf(shardOf(organizationId)).DB;

/** Every database of some bindings with something put around it, for whoever is to see or to fail all calls to D1. */
export function everyDatabase(
	wrap: (db: D1Database, shard: number) => D1Database,
	bindings: Bindings = env,
): Pick<Bindings, "DB"> {
	return Object.fromEntries(
		shardsOf(bindings).map((shard) => [databaseOf(shard), wrap(envOf(bindings, shard).DB, shard)]),
	) as unknown as Pick<Bindings, "DB">;
}
