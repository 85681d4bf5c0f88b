// A delivery that can't be prepared, by a fault of ours, waits and is tried again; others of the same batch don't notice.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { receivedRequests, Sender } from "../support/sender.ts";
import { run } from "../support/shards.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

it("holds up no other delivery of its batch, and is sent when it can be", async () => {
	const faults = vi.spyOn(console, "error").mockImplementation(() => undefined);
	const sender = await Sender.start();
	await sender.webhook("/status/200/unsendable");
	const { body: first } = await sender.api("POST", "/leads", { name: "First" });
	const { body: second } = await sender.api("POST", "/leads", { name: "Second" });
	// Its payload is out of reach, as if its event were gone.
	const [event] = await run(
		"SELECT id FROM event_log WHERE entityId = ? AND type = 'lead.created'",
		first.id,
	);
	const rename = (from: string, to: string) =>
		run("UPDATE deliveries SET eventId = ? WHERE eventId = ?", to, from);
	const missing = "evt_00000000007ef8500000000000";
	await rename(event?.id, missing);

	await sender.drain();
	const arrived = async () =>
		(await receivedRequests("unsendable")).map(({ body }) => JSON.parse(body).data.id);
	expect(await arrived()).toEqual([second.id]);
	const told = faults.mock.calls.map(([line]) => JSON.parse(line));
	expect(told).toEqual([
		expect.objectContaining({ what: "delivery_deferred", message: "The event of this delivery is gone." }),
	]);

	await rename(missing, event?.id);
	vi.setSystemTime(Date.now() + 120_000);
	await sender.sweep();
	await sender.drain();
	expect(await arrived()).toEqual([second.id, first.id]);
});
