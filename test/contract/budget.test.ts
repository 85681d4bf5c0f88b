// The cost of requests, counted at the bindings: limiter calls, and D1 round trips, which take 20 to 290 ms in production.
import { describe, expect, it } from "vitest";
import { watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { madeUpKey } from "../support/made-up.ts";
import { firstShard, total } from "../support/shards.ts";
import { BUDGET, expectSound, MAX_PARAMETERS, observed } from "./budget.ts";
import { hasOperations, operations, pathOf } from "./operations.ts";
import { resources } from "./resources.ts";
import { bodyFor, bodyOf, createRow, idsFor, resourceAt } from "./rows.ts";

it("the database of the tests enforces D1's limit of parameters", async () => {
	const counting = (count: number) =>
		firstShard.DB.prepare(`SELECT 1 IN (${Array(count).fill("?").join()}) AS "found"`)
			.bind(...Array(count).fill(1))
			.first("found");
	expect(await counting(MAX_PARAMETERS)).toBe(1);
	await expect(counting(MAX_PARAMETERS + 1)).rejects.toThrow("too many SQL variables");
});

/** Rare operations with two reads, because the first determines the second. */
const DEARER = new Set(["restoreLead", "restoreWebhook", "updateWebhook", "redeliver", "rotateApiKey"]);

/** The first statement of erasing's work after the answer: it lists that work. */
const AFTERWARDS = 'SELECT * FROM "erasures"';

describe.each(operations)("$operationId", (operation) => {
	it("keeps within its budget once the key is known", async () => {
		const { api, watch } = await observed();
		const ids = await idsFor(api, operation);
		if (operation.operationId.startsWith("restore")) await api.delete(`/${operation.resource}/${ids.id}`);
		const body = await bodyFor(api, operation);
		watch.reset();

		const reply = await api.send(operation.method, pathOf(operation, ids), body);
		expect(reply.status, reply.text).toBeLessThan(300);
		expect(watch.limiterCalls).toBe(1);
		const budget =
			operation.method === "GET" ? BUDGET.read : BUDGET.write + (DEARER.has(operation.operationId) ? 1 : 0);
		const after = watch.roundTrips.findIndex(([first]) => first?.text.startsWith(AFTERWARDS));
		const statements = watch.roundTrips
			.slice(0, after < 0 ? undefined : after)
			.map((sent) => sent.map(({ text }) => text.slice(0, 60)));
		expect(statements.length, JSON.stringify(statements, null, 1)).toBeLessThanOrEqual(budget);
		expectSound(watch);
	});
});

describe.each(resources.filter((resource) => hasOperations("create")(resource) && !resource.readsOnCreate))(
	"a create of $path",
	(resource) => {
		it("reads nothing once the organization is known", async () => {
			const { api, watch } = await observed();
			await createRow(api, resource);
			watch.reset();
			await createRow(api, resource);
			expect(watch.roundTrips).toHaveLength(1);
			expect(watch.limiterCalls).toBe(1);
		});
	},
);

describe("the statements of what is asked most", () => {
	it("are few, because each costs D1 more than what it looks up", async () => {
		const { api, watch } = await observed();
		const { id } = await createRow(api, resourceAt("leads"));
		const statementsOf = async (request: () => Promise<unknown>) => {
			watch.reset();
			await request();
			return watch.roundTrips.flat().map(({ text }) => text.match(/^\w+(?: INTO)?/)?.[0]);
		};
		const create = () => api.post("/leads", { name: "Jane" });
		expect(await statementsOf(() => api.get(`/leads/${id}`))).toEqual(["SELECT"]);
		expect(await statementsOf(() => api.get("/leads"))).toEqual(["SELECT"]);
		const [check, insert] = ["SELECT", "INSERT INTO"];
		// What it expects is looked up in the statement that inserts its events.
		expect(await statementsOf(create)).toEqual([insert, insert]);
		await createRow(api, resourceAt("webhooks"), { url: "https://hooks.example.com", events: ["*"] });
		await create();
		expect(await statementsOf(create)).toEqual([insert, insert, insert]);
		// An update reads the row and the fact first.
		const update = () => api.patch(`/leads/${id}`, { company: "Another company" });
		expect(await statementsOf(update)).toEqual([check, check, "UPDATE", check, insert, insert]);
	});
});

describe("the first request of a key", () => {
	it("asks once who it is, and notes its use afterwards", async () => {
		const watch = watchBindings();
		const api = (await createCaller()).via(watch.target);
		await api.get("/leads");
		expect(watch.roundTrips).toHaveLength(3);
		expect(watch.roundTrips[0]?.[0]?.text).toMatch(/FROM "api_keys"/);
		expect(watch.roundTrips.at(-1)?.[0]?.text).toMatch(/^UPDATE "api_keys" SET "lastUsedAt"/);
		expect(watch.limiterCalls).toBe(1);
		watch.reset();
		await Promise.all([api.get("/leads"), api.get("/leads")]);
		expect(watch.roundTrips).toHaveLength(2);
	});

	it("of an unknown key costs one query and no limiter call", async () => {
		const { api, watch } = await observed();
		expect((await api.get("/leads", { "x-api-key": madeUpKey() })).status).toBe(401);
		expect(watch.roundTrips).toHaveLength(1);
		expect(watch.limiterCalls).toBe(0);
	});
});

describe("a refused request", () => {
	it("costs no round trip when its body, query or path is invalid", async () => {
		const { api, watch } = await observed();
		await api.post("/leads", { nope: 1 });
		await api.post("/leads", "{");
		await api.post("/leads", " ".repeat(300_000));
		await api.get("/leads?limit=0");
		await api.get("/leads?cursor=abc");
		await api.get("/leads/nonsense");
		await api.get("/nowhere");
		await api.send("PUT", "/leads", {});
		expect(watch.roundTrips).toEqual([]);
		expect(watch.limiterCalls).toBe(8);
	});

	it("of a key at its limit asks the limiter only once", async () => {
		const { api, watch } = await observed();
		await Promise.all(Array.from({ length: 60 }, () => api.get("/leads/nonsense")));
		expect((await api.post("/leads", { name: "Jane" })).status).toBe(429);
		watch.reset();
		const replies = await Promise.all(Array.from({ length: 20 }, () => api.post("/leads", { name: "Jane" })));
		expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(429));
		expect(watch.limiterCalls).toBe(0);
		expect(watch.roundTrips.flat().filter(({ text }) => !text.startsWith("SELECT"))).toEqual([]);
		expect(await total("SELECT count(*) AS n FROM leads WHERE organizationId = ?", api.organizationId)).toBe(
			0,
		);
	});
});

describe("an Idempotency-Key", () => {
	it("adds one round trip, and a replay takes only that one", async () => {
		const { api, watch } = await observed();
		const send = () => api.post("/leads", { name: "Jane" }, { "idempotency-key": "x" });
		await send();
		expect(watch.roundTrips.length).toBeLessThanOrEqual(1 + BUDGET.write);
		watch.reset();
		expect((await send()).headers.get("idempotency-replayed")).toBe("true");
		expect(watch.roundTrips).toHaveLength(1);
		expect(watch.limiterCalls).toBe(1);
	});
});

describe("one row as large as it gets", () => {
	it("is created, changed and read within the limits of D1", async () => {
		const { api, watch } = await observed();
		const ids: string[] = [];
		for (let count = 0; count < 25; count += 1) ids.push((await createRow(api, resourceAt("tags"))).id);
		const notes = "\u0001".repeat(10_000);
		const reply = await api.post("/leads", {
			...(await bodyOf(api, resourceAt("leads"))),
			notes,
			tagIds: ids,
		});
		expect(reply).toMatchObject({ status: 201, body: { notes, tagIds: ids } });
		const changed = await api.patch(`/leads/${reply.body.id}`, {
			notes: "€".repeat(10_000),
			tagIds: ids.toReversed(),
		});
		expect(changed.status).toBe(200);
		expectSound(watch);
	});

	it("a list of more than 50 ids is refused", async () => {
		const { api } = await observed();
		const tagIds = Array(51).fill("tag_01kaj2m5m8f7jt2n3v4w5x6y7z");
		expect((await api.post("/leads", { name: "Jane", tagIds })).status).toBe(400);
	});
});
