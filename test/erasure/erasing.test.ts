// Erasing: who may, of what, and what becomes of what is under way.
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Json, Reply } from "../support/api.ts";
import { createCaller, createKey } from "../support/callers.ts";
import { Eraser } from "../support/eraser.ts";
import { findTexts } from "../support/grep.ts";
import { PausedRequest, withoutLimits } from "../support/paused-request.ts";
import { receivedRequests } from "../support/sender.ts";
import { run, total } from "../support/shards.ts";

let all: Eraser;
const ok: Eraser["callOk"] = (...call) => all.callOk(...call);
const post: Eraser["post"] = (...call) => all.post(...call);
const lead = () => post("/leads", { name: "Zed Erasable", email: "zed@erasable.example" });
const erase = (id: string, headers?: Record<string, string>) => all.erase(`/leads/${id}`, headers);

beforeAll(async () => {
	all = await Eraser.start();
});

afterEach(() => {
	vi.useRealTimers();
});

describe("erasing", () => {
	it("takes a scope of its own, which the right to write everything is not", async () => {
		const { id } = await lead();
		const { organizationId } = all.sender;
		const held = async (...scopes: string[]): Promise<Reply> =>
			erase(id, { "x-api-key": (await createKey(organizationId, { scopes })).key });
		const refused = await held("*:write", "*:read", "clients:erase");
		expect(refused).toMatchObject({ status: 403, body: { message: expect.stringContaining("leads:erase") } });
		expect((await held("leads:erase")).status).toBe(204);
	});

	it("is possible of a deleted one, at the version that If-Match names", async () => {
		const { id } = await lead();
		await ok("DELETE", `/leads/${id}`);
		expect((await erase(id, { "if-match": '"1"' })).status).toBe(412);
		expect((await erase(id, { "if-match": '"2"' })).status).toBe(204);
		expect(await findTexts(["erasable"])).toEqual([]);
	});

	it("cancels deliveries about the record, and sends those of other records without its data", async () => {
		const { id: webhookId } = await all.sender.webhook("/echo/erased-later", {
			events: ["lead.*", "task.*"],
		});
		const { id } = await lead();
		await post("/tasks", { title: "Call Zed Erasable", entity: "leads", entityId: id, priority: "HIGH" });
		expect((await erase(id)).status).toBe(204);
		await all.drain();
		const sent = (await receivedRequests("erased-later")).map(({ body }) => JSON.parse(body));
		const task = { title: "(erased)", priority: "HIGH", entityId: null };
		expect(sent).toMatchObject([{ event: "task.created", data: task }, { event: "lead.erased" }]);
		const { items } = await ok("GET", `/webhooks/${webhookId}/deliveries?event=lead.created`);
		expect(items).toMatchObject([{ status: "cancelled" }]);
	});

	it("looks again at a delivery that was being sent: its answer may come after", async () => {
		const { id: webhookId } = await all.sender.webhook("/echo/erased-meanwhile");
		const { id } = await lead();
		const { items } = await ok("GET", `/webhooks/${webhookId}/deliveries`);
		const deliveryId = items[0].id;
		const leased = "UPDATE deliveries SET lease = 'another', leaseUntil = ? WHERE id = ?";
		await run(leased, Date.now() + 45_000, deliveryId);
		expect((await erase(id)).status).toBe(204);
		await run(
			`INSERT INTO attempts (deliveryId, number, at, trigger, url, requestHeaders, statusCode, durationMs, responseBody, responseTruncated)
				SELECT id, 1, 0, 'scheduled', 'https://hooks.example.com', '{}', 200, 1, 'Zed Erasable', 0 FROM deliveries WHERE id = ?`,
			deliveryId,
		);
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 120_000 });
		await all.sender.sweep();
		expect(await findTexts(["erasable"])).toEqual([]);
		expect(await total("SELECT count(*) AS n FROM erasures")).toBe(0);
	});

	it("is continued by the cron trigger, in chunks, when the request did not finish it", async () => {
		const { id } = await lead();
		for (const score of [1, 2, 3]) await ok("PATCH", `/leads/${id}`, { score, notes: `Erasable ${score}` });
		const conversation = await post("/conversations", { conversationType: "chat", leadId: id });
		for (let count = 0; count < 3; count += 1)
			await post(`/conversations/${conversation.id}/messages`, { role: "visitor", text: "Erasable" });
		// No time at all for what comes after the answer.
		let now = Date.now();
		const clock = vi.spyOn(Date, "now").mockImplementation(() => {
			now += 30_000;
			return now;
		});
		expect((await erase(id)).status).toBe(204);
		clock.mockRestore();
		expect(await findTexts(["erasable"])).not.toEqual([]);
		vi.useFakeTimers({ toFake: ["Date"], now: now + 60_000 });
		await all.sender.sweep();
		await all.sender.sweep();
		expect(await findTexts(["erasable"])).toEqual([]);
	});
});

it.each(["asc", "desc"])(
	"a search goes on after a lead that was erased since its page was read: %s",
	async (orderDir) => {
		const api = await createCaller();
		const names = ["Kim 1", "Kim 2", "Kim 3", "Kim 4", "Kim 5"];
		for (const name of names) await api.post("/leads", { name });
		if (orderDir === "desc") names.reverse();
		const path = `/leads?search=kim&orderDir=${orderDir}&limit=`;
		const first = (await api.get(`${path}2`)).body;
		const rest = async () => {
			const { body } = await api.get(`${path}9&cursor=${first.nextCursor}`);
			return body.items.map(({ name }: Json) => name);
		};
		expect(await rest()).toEqual(names.slice(2));
		for (const { id, name } of first.items.toReversed()) {
			await api.post(`/leads/${id}/erase`);
			expect(await rest(), `without ${name}`).toEqual(names.slice(2));
		}
		const [next] = (await api.get(`${path}1`)).body.items;
		await api.post(`/leads/${next.id}/erase`);
		expect(await rest(), "and the one behind").toEqual(names.slice(3));
	},
);

it.each(["asc", "desc"])("also after one whose request took longer than later ones: %s", async (orderDir) => {
	const api = withoutLimits(await createCaller());
	const now = Date.now();
	const make = async (n: number) =>
		(await PausedRequest.send(api, now + n * 1_000, false, "POST", "/leads", { name: `Ray ${n}` })).end();
	const slow = await PausedRequest.send(api, now, true, "POST", "/leads", { name: "Ray slow" });
	for (const n of [1, 2]) await make(n);
	await slow.end();
	for (const n of [3, 4]) await make(n);
	const path = `/leads?search=ray&orderDir=${orderDir}&limit=`;
	const all = (await api.get(`${path}9`)).body.items.map(({ name }: Json) => name);
	const first = (await api.get(`${path}3`)).body;
	expect(first.items.at(-1).name).toBe("Ray slow");
	await api.post(`/leads/${first.items.at(-1).id}/erase`);
	const rest = (await api.get(`${path}9&cursor=${first.nextCursor}`)).body.items;
	expect(rest.map(({ name }: Json) => name)).toEqual(all.slice(3));
});
