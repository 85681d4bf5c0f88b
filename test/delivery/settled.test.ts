// A delivery that simply succeeds is stored by a statement without rules, unless something has come up while it was being sent.
import { afterEach, expect, it, vi } from "vitest";
import { Sender } from "../support/sender.ts";

const WINDOW = 20;

afterEach(() => void vi.unstubAllGlobals());

/** A sender with one delivery under way; while its receiver is asked for the first time, something else happens. */
async function given(meanwhile: (sender: Sender, path: string) => Promise<unknown>) {
	let requests = 0;
	const sender = await Sender.start();
	const { id } = await sender.webhook("/settled");
	await sender.api("POST", "/leads", { name: "Jane" });
	const wakeUps = sender.queued.splice(0).map(({ body }) => body);
	const path = `/webhooks/${id}/deliveries/${wakeUps[0]?.deliveryId}`;
	vi.stubGlobal("fetch", async () => {
		requests += 1;
		if (requests === 1) await meanwhile(sender, path);
		return new Response(null);
	});
	await sender.consume(wakeUps);
	return { sender, path, requests: () => requests };
}

it("a manual attempt that is asked for while one succeeds is made, too", async () => {
	const { sender, path, requests } = await given((asking, one) => asking.api("POST", `${one}/redeliver`));
	await sender.drain();
	expect(requests()).toBe(2);
	expect((await sender.api("GET", path)).body).toMatchObject({ status: "success", attemptCount: 2 });
});

it("what has come into the backlog while one succeeds goes on, as far as there is room", async () => {
	const items = Array(WINDOW + 5).fill({ name: "Joe" });
	const { sender, path } = await given((creating) => creating.api("POST", "/leads/batch", { items }));
	expect(sender.queued).toHaveLength(WINDOW);
	expect((await sender.api("GET", path)).body.status).toBe("success");
});
