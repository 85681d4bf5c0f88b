// An organization whose deliveries can be held back by a full log, and the chore that makes them when there is room.
import { expect } from "vitest";
import { heldChore } from "../../src/outbox/catch-up.ts";
import type { Json } from "../support/api.ts";
import { queuesWith } from "../support/bindings.ts";
import { setQuotas } from "../support/quotas.ts";
import { Sender } from "../support/sender.ts";
import { envFor } from "../support/shards.ts";

/** An organization that sends nothing by itself. */
export async function started() {
	const sender = await Sender.start();
	const { organizationId } = sender;
	const create = async (path: string, body: object) => {
		const reply = await sender.api("POST", path, body);
		expect(reply.status, reply.text).toBe(201);
		return reply.body;
	};
	const subscribe = async (...events: string[]) => (await sender.webhook("/status/200/held", { events })).id;
	const remove = async (path: string, { id }: Json) => {
		const reply = await sender.api("DELETE", `${path}/${id}`);
		expect(reply.status, reply.text).toBe(204);
	};
	/** What each delivery of a webhook is of, in the order of its log. */
	const made = async (webhookId: string): Promise<string[]> => {
		const { results } = await sender.db
			.prepare(
				`SELECT delivery.event || ' ' || coalesce(json_extract(event.payload, '$.data.name'), '') || iif(delivery.status = 'pending', '', ' ' || delivery.status) AS text
				FROM deliveries AS delivery JOIN event_log AS event ON event.id = delivery.eventId WHERE delivery.webhookId = ? AND delivery.test = 0 ORDER BY event.key`,
			)
			.bind(webhookId)
			.all<{ text: string }>();
		return results.map(({ text }) => text);
	};
	return {
		sender,
		create,
		subscribe,
		remove,
		made,
		fill: () => setQuotas(organizationId, { logBytes: 0 }),
		makeRoom: () => setQuotas(organizationId, {}),
		/** What one sweep makes. */
		catchUp: (env = envFor(organizationId)) => allChunks(env),
	};
}

/** Runs the chore of held deliveries to its end; returns how many chunks there were before the last. */
export async function allChunks(env: ReturnType<typeof envFor>): Promise<number> {
	const chore = heldChore(Date.now());
	// A real queue would go on sending after the tests, and the runner could not end.
	const quiet = { ...env, ...queuesWith(async () => {}) };
	let chunks = 0;
	while (await chore.run(quiet)) chunks += 1;
	return chunks;
}
