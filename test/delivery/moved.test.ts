// Deliveries whose organization moves to another database while they are being sent: where it was, nothing is written any more.
import { afterEach, expect, it, vi } from "vitest";
import { Sender } from "../support/sender.ts";
import { run, total } from "../support/shards.ts";

afterEach(() => {
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
});

/** Sends two deliveries of one organization and one of another in a group; meanwhile the first one's `home` is set. */
async function recordedAfter(home: number) {
	vi.spyOn(console, "error").mockReturnValue();
	const [moving, other] = [await Sender.start(), await Sender.start()];
	const bodies = [];
	for (const [sender, leads] of [
		[moving, 2],
		[other, 1],
	] as const) {
		await sender.api("POST", "/webhooks", { url: "https://hooks.example.com/a", events: ["lead.created"] });
		await sender.api("POST", "/webhooks", { url: "https://hooks.example.com/b", events: ["webhook.*"] });
		await sender.api("POST", "/leads/batch", { items: Array(leads).fill({ name: "Jane" }) });
		bodies.push(...sender.queued.splice(0).map(({ body }) => body));
	}
	// Gone, so that recording has events to make besides.
	vi.stubGlobal("fetch", async () => {
		await run("UPDATE organizations SET home = ? WHERE id = ?", home, moving.organizationId);
		return new Response(null, { status: 410 });
	});
	const rows = (table: string, { organizationId }: Sender) =>
		total(
			`SELECT count(*) FROM ${table} WHERE ${
				table === "attempts"
					? "deliveryId IN (SELECT id FROM deliveries WHERE organizationId = ?)"
					: "key >> 40 = (SELECT ordinal FROM organizations WHERE id = ?)"
			}`,
			organizationId,
		);
	const before = await rows("event_log", moving);
	await moving.consume(bodies);
	const found = {
		attempts: await rows("attempts", moving),
		events: (await rows("event_log", moving)) - before,
		statuses: (
			await run<{ status: string }>(
				"SELECT status FROM deliveries WHERE organizationId = ? AND event = 'lead.created'",
				moving.organizationId,
			)
		).map(({ status }) => status),
		others: await rows("attempts", other),
	};
	await run("UPDATE organizations SET home = NULL WHERE id = ?", moving.organizationId);
	await run("UPDATE deliveries SET lease = NULL WHERE organizationId = ?", moving.organizationId);
	return found;
}

it("are not recorded where it was, and their neighbours are", async () => {
	expect(await recordedAfter(9)).toEqual({
		attempts: 0,
		events: 0,
		statuses: ["pending", "pending"],
		others: 1,
	});
});

it("are recorded while writes are refused before a move", async () => {
	expect(await recordedAfter(-1)).toMatchObject({ attempts: 2, statuses: ["failed", "failed"], others: 1 });
});
