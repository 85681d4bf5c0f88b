// The cost of a batch of a hundred, which is that of one request.
import { describe, expect, it } from "vitest";
import { OF_ORGANIZATION } from "../support/events.ts";
import { dbOf, run, total } from "../support/shards.ts";
import { BUDGET, expectSound, observed } from "./budget.ts";
import { createRow, resourceAt } from "./rows.ts";

describe("a batch of a hundred", () => {
	const BYTES_PER_LEAD = 10_300;

	it.each([
		["plain letters", "a", 1],
		["quotes", '"', 2],
		["backslashes", "\\", 2],
		["control characters", "\u0001", 6],
		["three-byte characters", "€", 3],
		["four-byte characters", "🚀", 4],
	])("of leads as large as 1 MB allows, full of %s", async (_, character, bytes) => {
		const { api, watch } = await observed();
		const hook = await createRow(api, resourceAt("webhooks"), {
			url: "https://hooks.example.com",
			events: ["*"],
		});
		const tag = await createRow(api, resourceAt("tags"));
		const notes = character.repeat(Math.min(BYTES_PER_LEAD / bytes, 10_000 / character.length));
		const items = Array.from({ length: 100 }, (__, index) => ({
			name: `Lead ${index}`,
			notes,
			tagIds: [tag.id],
		}));
		watch.reset();
		const reply = await api.post("/leads/batch", { items }, { "idempotency-key": "big" });
		expect(reply, reply.text.slice(0, 300)).toMatchObject({ status: 200, body: { created: 100, failed: 0 } });
		expect(watch.roundTrips.length).toBeLessThanOrEqual(1 + BUDGET.write);
		expect(watch.limiterCalls).toBe(1);
		expectSound(watch);

		const last = await api.get(`/leads/${reply.body.results[99].id}`);
		expect(last.body).toMatchObject({ name: "Lead 99", number: 100, notes });
		const results = await run<{ payload: string }>(
			`SELECT payload FROM event_log WHERE ${OF_ORGANIZATION} AND entityId = ? AND type = 'lead.created'`,
			api.organizationId,
			last.body.id,
		);
		expect(results.map(({ payload }) => JSON.parse(payload).data)).toEqual([last.body]);
		expect(await total("SELECT count(*) FROM deliveries WHERE webhookId = ?", hook.id)).toBe(200);
		// The other deliveries wait in line.
		expect(new Set(watch.queued).size).toBe(20);
	});

	it("without a key costs one round trip to read and one to write", async () => {
		const { api, watch } = await observed();
		const items = Array.from({ length: 100 }, (_, index) => ({ name: `Lead ${index}` }));
		expect((await api.post("/leads/batch", { items })).body.created).toBe(100);
		expect(watch.roundTrips.length).toBeLessThanOrEqual(BUDGET.write);
	});

	/** A hundred leads, and a batch of changes of them: each of other fields than most others. */
	const changing = async () => {
		const { api, watch } = await observed();
		const emailOf = (index: number) => `${index}@example.com`;
		const items = Array.from({ length: 100 }, (_, index) => ({ name: "Jane", email: emailOf(index) }));
		const { body } = await api.post("/leads/batch", { items });
		const ids: string[] = body.results.map(({ id }: { id: string }) => id);
		const fields = ["title", "company", "twitter", "linkedin", "notes", "position", "firstName"];
		const changeOf = (index: number) =>
			Object.fromEntries(fields.flatMap((field, bit) => ((index + 1) & (2 ** bit) ? [[field, "x"]] : [])));
		const batches = {
			update: { mode: "update", items: ids.map((id, index) => ({ id, ...changeOf(index) })) },
			upsert: {
				mode: "upsert",
				matchBy: "email",
				items: ids.map((_, index) => ({ email: emailOf(index), ...changeOf(index) })),
			},
			delete: { mode: "delete", items: ids.map((id) => ({ id })) },
		};
		watch.reset();
		return { api, watch, ids, batches };
	};

	it.each([
		["update", "updated"],
		["upsert", "updated"],
		["delete", "deleted"],
	] as const)("to %s them costs one round trip to read and one to write", async (mode, outcome) => {
		const { api, watch, batches } = await changing();
		expect((await api.post("/leads/batch", batches[mode])).body).toMatchObject({ failed: 0, [outcome]: 100 });
		expect(watch.roundTrips).toHaveLength(BUDGET.write);
		expect(watch.roundTrips.flat().length).toBeLessThan(50);
		expectSound(watch);
	});

	it("writes no more rows than as many single requests", async () => {
		const { api, watch, ids } = await changing();
		await api.patch(`/leads/${ids[0]}`, { title: "x" });
		const single = watch.rowsWritten;
		watch.reset();
		const items = ids.slice(1).map((id) => ({ id, title: "x" }));
		expect((await api.post("/leads/batch", { mode: "update", items })).body.updated).toBe(99);
		expect(single).toBeGreaterThan(4);
		expect(watch.rowsWritten).toBeLessThanOrEqual(99 * single);
		const update = watch.roundTrips.flat().find(({ text }) => /^UPDATE "leads".*json_each/s.test(text));
		const plan = await dbOf(api.organizationId)
			.prepare(`EXPLAIN QUERY PLAN ${update?.text}`)
			.bind(...(update?.params ?? []))
			.all<{ detail: string }>();
		const found = plan.results.flatMap(({ detail }) => detail.match(/^SEARCH leads USING INDEX .*/) ?? []);
		expect(found).toEqual([expect.stringMatching(/\(organizationId=\? AND id=\?\)$/)]);
	});

	it("of rows that are refused writes nothing", async () => {
		const { api, watch } = await observed();
		const items = Array.from({ length: 100 }, () => ({ nope: 1 }));
		expect((await api.post("/leads/batch", { items })).body).toMatchObject({ created: 0, failed: 100 });
		expect(watch.roundTrips.flat().filter(({ text }) => !text.startsWith("SELECT"))).toEqual([]);
	});
});
