// The databases of this run: one, or three (vitest.config.ts). New organizations are assigned to them in turn.
import { env } from "cloudflare:workers";
import type { Bindings, Env } from "../../src/env.ts";
import { databaseBindingOf } from "../../src/places.ts";
import { envOf, shardsOf } from "../../src/shards.ts";

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

/** The database of an organization. */
export const dbOf = (organizationId: string): D1Database => bindingsOf(shardOf(organizationId)).DB;

/** Wraps every database of some bindings, to record or fail all calls to D1. */
export function wrapDatabases(
	wrap: (db: D1Database, shard: number) => D1Database,
	bindings: Bindings = env,
): Pick<Bindings, "DB"> {
	return Object.fromEntries(
		shardsOf(bindings).map((shard) => [databaseBindingOf(shard), wrap(envOf(bindings, shard).DB, shard)]),
	) as unknown as Pick<Bindings, "DB">;
}
