// A row that becomes visible after a read has a later stamp than all rows of that read. So the guide's protocol for copies
// misses no row, whatever concurrent requests, isolates and clocks do.
import fc from "fast-check";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import type { Api } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { history, runHistory } from "../support/copy-history.ts";
import { PausedRequest, withoutLimits } from "../support/paused-request.ts";

const RUNS = 200;

afterEach(() => {
	vi.useRealTimers();
});

const START = Date.parse("2026-03-01T12:00:00Z");

const lead = (name: string) => ["POST", "/leads", { name }] as const;

const stampOf = async (api: Api, id: string): Promise<string> =>
	(await api.get(`/leads/${id}`)).body.updatedAt;

describe("a row that becomes visible later", () => {
	it.each([
		["whose body comes 3 s after its head", 0, true],
		["that is ready but not committed", 0, false],
		["from an isolate whose clock is a minute behind", -60_000, false],
	])("%s is stamped later than what could be read before", async (_, ahead, slow) => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const api = withoutLimits(await createCaller());
		const late = await PausedRequest.send(api, START + ahead, slow, ...lead("Late"));
		vi.setSystemTime(START + 3_000);
		const { body: quick } = await api.send(...lead("Quick"));
		await late.end();
		expect(late.reply?.status).toBe(201);
		expect(late.reply?.body.updatedAt > quick.updatedAt).toBe(true);
		expect(await stampOf(api, late.reply?.body.id)).toBe(late.reply?.body.updatedAt);
		const { body } = await api.get(`/leads?orderBy=updatedAt&orderDir=asc&updatedSince=${quick.updatedAt}`);
		expect(body.items.map(({ name }: { name: string }) => name)).toEqual(["Quick", "Late"]);
	});

	it("comes after earlier messages in the order in which they are read", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const api = withoutLimits(await createCaller());
		const { body } = await api.post("/conversations", { conversationType: "chat" });
		const path = `/conversations/${body.id}/messages`;
		const late = await PausedRequest.send(api, START - 60_000, true, "POST", path, {
			role: "agent",
			text: "Late",
		});
		vi.setSystemTime(START + 3_000);
		await api.post(path, { role: "visitor", text: "Quick" });
		await late.end();
		expect(late.reply?.status).toBe(201);
		const { items } = (await api.get(`${path}?orderDir=asc`)).body;
		expect(items.map(({ text }: { text: string }) => text)).toEqual(["Quick", "Late"]);
	});

	it("is stamped again when it is planned again after a lost race", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const api = withoutLimits(await createCaller());
		const { body } = await api.send(...lead("First"));
		const late = await PausedRequest.send(api, START - 60_000, false, "PATCH", `/leads/${body.id}`, {
			name: "Late",
		});
		await late.step();
		await api.patch(`/leads/${body.id}`, { name: "Quick" });
		vi.setSystemTime(START + 1_000);
		const { body: other } = await api.send(...lead("Other"));
		await late.end();
		expect(late.reply).toMatchObject({ status: 200, body: { version: 3 } });
		expect(late.reply?.body.updatedAt > other.updatedAt).toBe(true);
	});

	it("never shares its instant with a row that was visible before, which a reader between two pages would miss", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const api = withoutLimits(await createCaller());
		const stamps: string[] = [];
		for (let turn = 0; turn < 5; turn += 1) stamps.push((await api.send(...lead("At once"))).body.updatedAt);
		expect(stamps).toEqual(stamps.map((_, index) => new Date(START + index).toISOString()));
	});
});

describe(`${RUNS} histories of writers and copies`, () => {
	it("end with every copy as the rows are", { timeout: 600_000 }, async () => {
		vi.useFakeTimers({ toFake: ["Date"] });
		await fc.assert(
			fc.asyncProperty(history, async (one) => {
				for (const { copy, rows } of await runHistory(await createCaller(), one)) expect(copy).toEqual(rows);
			}),
			{
				seed: inject("historySeed"),
				numRuns: RUNS,
				// Shrinking a failing history takes many minutes; this reports it at once.
				endOnFailure: true,
			},
		);
	});
});
