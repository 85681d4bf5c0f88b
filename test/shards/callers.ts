// Helpers for tests of several databases: a caller in each, and databases of which one fails.
import { inject } from "vitest";
import type { Bindings } from "../../src/env.ts";
import type { Api } from "../support/api.ts";
import { withBatch, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { shards, wrapDatabases } from "../support/shards.ts";

/** A sender that has these databases and no others. */
export const senderWith = (databases: Bindings): Promise<Sender> =>
	Sender.start({}, ({ DELIVERIES, SLOW_DELIVERIES }) => ({ ...databases, DELIVERIES, SLOW_DELIVERIES }));

/** Creates a caller in each shard with a sender's bindings, and a webhook whose bucket is `name` and the shard. */
export async function callerInEachShard(sender: Sender, name: string): Promise<Api[]> {
	const apis: Api[] = [];
	for (const shard of shards) {
		const api = (await createCaller({ shard })).via(workerWith(sender.env));
		const events = ["lead.created"];
		await api.post("/webhooks", { url: `${inject("receiver")}/status/200/${name}-${shard}`, events });
		apis.push(api);
	}
	return apis;
}

/** The number of requests that arrived for each shard's caller. */
export const arrivals = (name: string): Promise<number[]> =>
	Promise.all(shards.map(async (shard) => (await receivedRequests(`${name}-${shard}`)).length));

/** Databases of which one fails when `fails` returns true. */
export function failingDatabases(
	broken: number,
	fails: (texts: readonly string[]) => boolean,
	when: "before" | "after" = "before",
): Pick<Bindings, "DB"> {
	return wrapDatabases((db, shard) => {
		if (shard !== broken) return db;
		return withBatch(db, async (statements, sent) => {
			if (!fails(sent.map(({ text }) => text))) return db.batch(statements);
			if (when === "after") await db.batch(statements);
			throw new Error("D1_ERROR: internal error; reference = 0");
		});
	});
}

export const isClaim = ([first = ""]: readonly string[]) =>
	/^UPDATE "deliveries" AS delivery SET "lease" = \?/.test(first);
export const isRecord = (texts: readonly string[]) =>
	texts.some((text) => text.startsWith('INSERT INTO "attempts"'));
