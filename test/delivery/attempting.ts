// One attempt to the receiver, and what arrived there.
import { inject } from "vitest";
import { type AttemptRequest, attempt } from "../../src/delivery/attempt.ts";
import type { Received } from "../support/receiver.mjs";

export const receiver = inject("receiver");

/** One attempt to a path of the receiver. */
export function to(path: string, changes: Partial<AttemptRequest> = {}) {
	const request = {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: "{}",
		timeoutMs: 5_000,
	};
	return attempt({ url: receiver + path, ...request, ...changes });
}

/** What the receiver got in a bucket. */
export async function received(bucket: string, query = ""): Promise<Received[]> {
	return (await fetch(`${receiver}/_received/${bucket}${query}`)).json();
}
