// What the tests of notifications share: targets at the receiver, what they were told, and states to be told of.
import { expect, inject } from "vitest";
import type { Json } from "../support/api.ts";
import { receivedRequests, type Sender } from "../support/sender.ts";

/** A target at the receiver; `path` selects the behaviour and ends with the bucket. */
export async function target(sender: Sender, path: string, more: object = {}): Promise<Json> {
	const url = inject("receiver") + path;
	const { status, body, text } = await sender.api("POST", "/notification-targets", {
		name: "Operations",
		type: "webhook",
		url,
		...more,
	});
	expect(status, text).toBe(201);
	return body;
}

export const told = async (bucket: string) =>
	(await receivedRequests(bucket)).map(({ body }) => JSON.parse(body) as Json);

/** A webhook whose last ten attempts have failed. */
export async function failingWebhook(sender: Sender, bucket: string): Promise<string> {
	const { id } = await sender.webhook(`/status/500/${bucket}`, {
		events: ["task.created"],
		name: "Warehouse",
	});
	await sender.api("POST", "/tasks/batch", { items: Array.from({ length: 10 }, () => ({ title: "Call" })) });
	await sender.drain();
	return id;
}

/** Sets columns of a row past the API. */
export const set = (sender: Sender, table: string, id: string, columns: Record<string, number | null>) =>
	sender.db
		.prepare(
			`UPDATE ${table} SET ${Object.keys(columns)
				.map((column) => `"${column}" = ?`)
				.join(", ")} WHERE organizationId = ? AND id = ?`,
		)
		.bind(...Object.values(columns), sender.organizationId, id)
		.run();
