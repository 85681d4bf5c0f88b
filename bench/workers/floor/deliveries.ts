// The floor Worker's deliveries: a row for each webhook of an organization, signed, sent, and its answer's status recorded.
import { hmac } from "./digests.ts";

/** What a queue message says. */
export interface Delivery {
	readonly id: string;
	readonly webhookId: string;
}

interface Due extends Delivery {
	readonly url: string;
	readonly secret: string;
	readonly payload: string;
}

export const insertDeliveries = (db: D1Database, eventId: string, organization: string) =>
	db
		.prepare(
			"INSERT INTO deliveries SELECT ?, id, NULL FROM webhooks WHERE organization = ? RETURNING id, webhookId",
		)
		.bind(eventId, organization);

/** Signs and sends one delivery; returns the status of the answer. */
async function send({ id, url, secret, payload }: Due): Promise<number> {
	const signature = await hmac(secret, `${id}.${payload}`);
	const headers = { "content-type": "application/json", "webhook-id": id, "webhook-signature": signature };
	const response = await fetch(url, { method: "POST", headers, body: payload });
	await response.body?.cancel();
	return response.status;
}

/** Sends deliveries and records their statuses. */
export async function deliver(db: D1Database, ids: readonly string[]): Promise<void> {
	const select = db.prepare(`SELECT d.id, d.webhookId, w.url, w.secret, e.payload FROM deliveries d
		JOIN webhooks w ON w.id = d.webhookId JOIN events e ON e.id = d.id
		WHERE d.id IN (SELECT value FROM json_each(?))`);
	const { results } = await select.bind(JSON.stringify(ids)).all<Due>();
	const sent = await Promise.all(results.map(async (due) => ({ id: due.id, status: await send(due) })));
	const update = db.prepare("UPDATE deliveries SET status = ? WHERE id = ?");
	await db.batch(sent.map(({ id, status }) => update.bind(status, id)));
}
