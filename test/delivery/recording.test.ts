// Recording of attempts when D1 fails: one that can't be recorded doesn't affect the others, and temporary faults are retried.
import { afterEach, describe, expect, it, vi } from "vitest";
import { interceptBatches, withBatch } from "../support/bindings.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { total, wrapDatabases } from "../support/shards.ts";

const LEASE_MS = 45_000;

afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

const faultsOf = (errors: ReturnType<typeof vi.spyOn>) => errors.mock.calls.flat().join("\n");

describe("a group that fails to record", () => {
	it("is recorded one by one: only the one that can't be is sent again", async () => {
		vi.useFakeTimers({ toFake: ["Date"] });
		const errors = vi.spyOn(console, "error").mockImplementation(() => {});
		let bad = "";
		const databases = interceptBatches("attempts", (statements, written, db) =>
			written.some((text) => bad !== "" && text.includes(bad))
				? Promise.reject(new Error("D1_ERROR: string or blob too big: SQLITE_TOOBIG"))
				: db.batch(statements),
		);
		const sender = await Sender.start(databases);
		const names = ["one-of-group", "bad-of-group", "last-of-group"];
		const hooks: string[] = [];
		for (const name of names) hooks.push((await sender.webhook(`/status/200/${name}`)).id);
		await sender.api("POST", "/leads", { name: "Jane" });
		const wakeUps = sender.queued.splice(0).map(({ body }) => body);
		bad = wakeUps.find(({ webhookId }) => webhookId === hooks[1])?.deliveryId ?? "none";
		const result = await sender.consume(wakeUps);
		expect(result).toEqual({ acknowledged: [0, 1, 2], again: [] });
		const statuses = () => Promise.all(hooks.map(async (id) => (await sender.delivery(id)).status));
		expect(await statuses()).toEqual(["success", "pending", "success"]);
		expect(faultsOf(errors)).toContain(`"deliveryId":"${bad}"`);

		// It may be that its answer was at fault: with another one it is recorded.
		bad = "";
		vi.setSystemTime(Date.now() + LEASE_MS + 1_000);
		await sender.sweep();
		await sender.drain();
		expect(await statuses()).toEqual(["success", "success", "success"]);
		const sends = await Promise.all(names.map(async (name) => (await receivedRequests(name)).length));
		expect(sends).toEqual([1, 2, 1]);
	});
});

describe("a record that loses every race", () => {
	it("is given up after some, and made when it loses none", async () => {
		vi.useFakeTimers({ toFake: ["Date"] });
		const errors = vi.spyOn(console, "error").mockImplementation(() => {});
		let losing = true;
		let tries = 0;
		const databases = wrapDatabases((db) =>
			withBatch(db, (statements, sent) => {
				const isRecord = sent.some(({ text }) => text.startsWith('INSERT INTO "attempts"'));
				if (!isRecord || !losing) return db.batch(statements);
				tries += 1;
				// The last expectation is that of the lease.
				const marker = sent
					.flatMap(({ params }) => params.map(String))
					.findLast((value) => value.startsWith("refused:"));
				return Promise.reject(new Error(`D1_ERROR: bad JSON path: '${marker}': SQLITE_ERROR`));
			}),
		);
		const sender = await Sender.start(databases);
		const { id } = await sender.webhook("/status/200/losing");
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		expect(tries).toBeGreaterThan(5);
		// Far fewer than the statements of an invocation allow.
		expect(tries).toBeLessThan(50);
		expect(faultsOf(errors)).toContain("recording_failed");
		losing = false;
		vi.setSystemTime(Date.now() + LEASE_MS + 1_000);
		await sender.sweep();
		await sender.drain();
		expect((await sender.delivery(id)).status).toBe("success");
	});
});

describe("a passing fault of D1 while an attempt is recorded", () => {
	async function given(failing: number, loses: "question" | "answer") {
		let left = failing;
		const databases = interceptBatches("attempts", async (statements, written, db) => {
			if (written.length === 0 || left === 0) return db.batch(statements);
			left -= 1;
			if (loses === "answer") await db.batch(statements);
			throw new Error("D1_ERROR: Network connection lost.");
		});
		const sender = await Sender.start(databases);
		const bucket = `passing-${failing}-${loses}`;
		const { id } = await sender.webhook(`/status/200/${bucket}`);
		await sender.api("POST", "/leads", { name: "Jane" });
		return { sender, id, bucket };
	}

	it.each([
		[3, "question"],
		[1, "answer"],
	] as const)(
		"is waited for, up to three times (%i, the %s is lost), and nothing is sent again",
		async (failing, loses) => {
			const errors = vi.spyOn(console, "error").mockImplementation(() => {});
			const { sender, id, bucket } = await given(failing, loses);
			await sender.drain();
			expect(await sender.delivery(id)).toMatchObject({ status: "success", attemptCount: 1 });
			const counted = await total("SELECT sum(successes) AS n FROM delivery_hours WHERE webhookId = ?", id);
			expect(counted, "counted once").toBe(1);
			expect(await receivedRequests(bucket)).toHaveLength(1);
			expect(sender.queued).toEqual([]);
			expect(faultsOf(errors)).not.toContain("recording_failed");
		},
	);

	it("that does not pass is logged after the fourth try", async () => {
		const errors = vi.spyOn(console, "error").mockImplementation(() => {});
		const { sender, id } = await given(4, "question");
		await sender.drain();
		expect(faultsOf(errors)).toContain("recording_failed");
		expect(await sender.delivery(id)).toMatchObject({ status: "pending", attemptCount: 0 });
	});
});
