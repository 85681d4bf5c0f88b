// Shared by the tests of rate limits and of orders: their time begins at an instant, and stands still.
import { afterEach, beforeEach, vi } from "vitest";
import { deleteDeliveries } from "./backlog.ts";
import { receivedRequests, type Sender } from "./sender.ts";

export const START = Date.parse("2026-03-01T12:00:00Z");

beforeEach(async () => {
	vi.useFakeTimers({ toFake: ["Date"], now: START });
	await deleteDeliveries();
});
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

/** Creates this many leads at once. */
export const batch = (sender: Sender, count: number) =>
	sender.api("POST", "/leads/batch", {
		items: Array.from({ length: count }, (_, index) => ({ name: `Lead ${index}` })),
	});

/** The names of the leads that a bucket of the receiver was told of. */
export const namesIn = async (bucket: string) =>
	(await receivedRequests(bucket)).map(({ body }) => JSON.parse(body).data.name);

/** The messages that wake a webhook. */
export const woken = (sender: Sender, id: string) =>
	sender.queued.filter(({ body }) => body.webhookId === id);

/** Lets the queue deliver what is due, until nothing is. */
export async function consumeDue(sender: Sender): Promise<void> {
	for (let due = [...sender.queued]; due.length > 0; ) {
		due = sender.queued.filter(({ at }) => at <= Date.now());
		sender.queued.splice(0, sender.queued.length, ...sender.queued.filter(({ at }) => at > Date.now()));
		await sender.deliverMessages(due);
	}
}
