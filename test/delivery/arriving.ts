// Leads whose events are sent, and what arrives of them.
import { expect } from "vitest";
import { advance } from "../support/clock.ts";
import { receivedRequests, type Sender } from "../support/sender.ts";

/** Creates a lead, a millisecond after what was before. */
export async function lead(sender: Sender) {
	advance(1);
	const reply = await sender.api("POST", "/leads", { name: "Jane" });
	expect(reply.status, reply.text).toBe(201);
}

/** Creates a lead; returns the request that arrives about it in a bucket. */
export async function latest(sender: Sender, bucket: string) {
	await lead(sender);
	await sender.drain();
	const request = (await receivedRequests(bucket)).at(-1);
	if (!request) throw new Error("nothing arrived");
	return request;
}

export async function leads(sender: Sender, count: number) {
	for (let index = 0; index < count; index += 1) {
		const reply = await sender.api("POST", "/leads", { name: `Lead ${index}` });
		expect(reply.status, reply.text).toBe(201);
	}
}

/** A webhook as a GET shows it. */
export const shown = async (sender: Sender, id: string) => (await sender.api("GET", `/webhooks/${id}`)).body;
