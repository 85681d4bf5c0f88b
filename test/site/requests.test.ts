// The document's examples of requests, sent as they are. (That answers are as it says is checked on every call of `Api`.)
import { expect, it } from "vitest";
import type { Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { readDocument } from "../support/document.ts";

it("the API accepts every example of a request", async () => {
	const api = await createCaller();
	const document = await readDocument();
	// Webhooks last: nothing is to be sent to the URL of an example.
	const paths = Object.entries<Json>(document.paths).sort(
		([a], [b]) => Number(a.startsWith("/webhooks")) - Number(b.startsWith("/webhooks")),
	);
	let sent = 0;
	for (const [path, item] of paths) {
		const example = item.post?.requestBody?.content["application/json"].example;
		if (!example || path.includes("{")) continue;
		sent += 1;
		const reply = await api.post(path, example);
		// What the example refers to may not be there, and what it makes may be there already; its form must be right.
		const faults = (reply.body?.errors ?? []).filter(
			({ message }: Json) => !/^There is no such|^Already taken/.test(message),
		);
		expect(faults, `${path}: ${reply.text}`).toEqual([]);
		expect([200, 201, 400, 409], `${path}: ${reply.text}`).toContain(reply.status);
	}
	expect(sent).toBeGreaterThan(5);
});
