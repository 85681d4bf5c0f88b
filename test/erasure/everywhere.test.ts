// Erasing a person whose data is in many tables leaves none of it.
import { beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "../../src/events/catalogue.ts";
import type { EventType } from "../../src/outbox/event-types.ts";
import type { Json } from "../support/api.ts";
import { Eraser } from "../support/eraser.ts";
import { eventsOf } from "../support/events.ts";
import { findTexts } from "../support/grep.ts";
import { receivedRequests } from "../support/sender.ts";
import { run, total } from "../support/shards.ts";

/** Parts of what is known of the person; the words of an index may have lost their beginnings. */
const TEXTS = ["exillia", "ndermoorst", "4987501", "irconium"];
const JANE = {
	name: "Quexillia Vandermoorst",
	email: "quexillia@vandermoorst.example",
	mobile: "+4915204987501",
};
const NOTE = "Quexillia is allergic to zirconium.";

let all: Eraser;
const ok: Eraser["callOk"] = (...call) => all.callOk(...call);
const post: Eraser["post"] = (...call) => all.post(...call);

/** The same key each time, so that its repeats are answered from what was kept. */
const once = (name: string) => ({ "idempotency-key": name, "x-api-key": all.keys[0] ?? "" });

const ids: Record<string, string> = {};

async function everywhere() {
	const stages = ["ACTIVE", "WON", "LOST"].map((type) => ({ name: type, type }));
	await post("/pipelines", { name: "Sales", stages });
	const url = (path: string) =>
		all.sender.webhook(path, { events: ["*"], expand: ["leads", "clients", "deals"] });
	ids.echo = (await url("/echo/erased-echo")).id;
	ids.failing = (await url("/status/500/erased-failing")).id;
	ids.resting = (await url("/status/200/erased-resting")).id;
	await ok("PATCH", `/webhooks/${ids.resting}`, { status: "disabled" });
	for (const entity of ["leads", "clients", "deals"])
		await post("/custom-fields", { entity, label: "Contact", type: "text" });
	const form = await post("/forms", {
		title: "Contact",
		matchBy: "email",
		fields: [
			{ key: "name", label: "Name", mapTo: "name" },
			{ key: "email", label: "Mail", type: "email", mapTo: "email" },
			{ key: "wish", label: "Wish" },
		],
	});
	const answers = { name: JANE.name, email: JANE.email, wish: NOTE };
	const source = { pageUrl: "https://example.com/?for=quexillia", referrer: null, userAgent: null };
	const response = await post("/form-responses", { formId: form.id, answers, source }, once("form"));
	ids.response = response.id;
	ids.lead = response.leadId;
	const again = await post("/form-responses", { formId: form.id, answers, source });
	expect(again.leadId, "the person is known").toBe(ids.lead);
	ids.again = again.id;
	await ok(
		"PATCH",
		`/leads/${ids.lead}`,
		{ mobile: JANE.mobile, notes: NOTE, cf_contact: NOTE },
		once("patch"),
	);
	await post("/leads/upsert", { matchBy: "email", ...JANE, score: 70 });
	const task = { title: `Call ${JANE.name}`, description: NOTE, entity: "leads", entityId: ids.lead };
	ids.task = (await post("/tasks", task)).id;
	const call = {
		conversationType: "phone",
		status: "busy",
		duration: 7,
		contactNumber: JANE.mobile,
		summary: NOTE,
		callMetadata: { customer: { name: JANE.name } },
		metadata: { contactName: JANE.name },
	};
	ids.call = (await post("/conversations", { ...call, leadId: ids.lead }, once("call"))).id;
	ids.chat = (await post("/conversations", { conversationType: "chat", leadId: ids.lead })).id;
	await post(`/conversations/${ids.chat}/messages`, { role: "visitor", text: NOTE }, once("said"));
	await ok("PATCH", `/conversations/${ids.chat}`, { status: "completed", summary: NOTE });
	await all.sender.drain();

	const converted = await post(`/leads/${ids.lead}/convert`, { deal: { price: 100 } }, once("convert"));
	ids.client = converted.client.id;
	ids.deal = converted.deal.id;
	expect(converted.deal.title).toBe(JANE.name);
	await ok("PATCH", `/clients/${ids.client}`, { cf_contact: NOTE, billingAddress: { address: NOTE } });
	await ok("PATCH", `/deals/${ids.deal}`, { cf_contact: NOTE, lostReason: NOTE });
	const other = await post("/clients", { name: "Another" });
	const shared = { title: "Theirs", clientId: other.id, contactIds: [ids.client] };
	ids.shared = (await post("/deals", shared)).id;
	const paper = {
		clientId: ids.client,
		date: "2026-02-01",
		subject: NOTE,
		lineItems: [{ name: "Work", quantity: 2, price: 50 }],
	};
	ids.quotation = (await post("/quotations", { ...paper, internalNotes: NOTE })).id;
	ids.invoice = (await post("/invoices", { ...paper, dueDate: "2026-03-01", notes: NOTE })).id;
	ids.visit = (await post("/tasks", { title: NOTE, entity: "clients", entityId: ids.client })).id;
	// These only refer to the client, or to a deal that is named after it, and what is sent has their names.
	await post("/tasks", { title: "Plan", entity: "deals", entityId: ids.deal });
	await post("/quotations", { ...paper, clientId: other.id, subject: null, dealId: ids.deal });
	await post("/invoices", {
		...paper,
		dueDate: "2026-03-01",
		clientId: other.id,
		subject: null,
		dealId: ids.deal,
	});
	ids.later = (await post("/conversations", { ...call, status: "completed", clientId: ids.client })).id;
	await all.sender.drain();
	// Not sent yet.
	await ok("PATCH", `/clients/${ids.client}`, { jobTitle: "Zirconium expert" });
	ids.bystander = (await post("/leads", { name: "By Stander" })).id;
}

beforeAll(async () => {
	all = await Eraser.start();
	await everywhere();
}, 120_000);

const found = async (path: string, word: string) => (await ok("GET", `/${path}?search=${word}`)).items.length;

describe("a person whose data went everywhere", () => {
	it("is found in these places", async () => {
		const places = new Set((await findTexts(TEXTS)).map((place) => place.replace(/: .*/, "")));
		for (const place of [
			"leads.name",
			"clients.name",
			"deals.title",
			"tasks.title",
			"quotations.subject",
			"invoices.notes",
			"conversations.metadata",
			"messages.text",
			"form_responses.answers",
			"links.toId",
			"event_log.payload",
			"attempts.responseBody",
			"idempotency_keys.answer",
			"leads_search_data.block",
			"clients_search_data.block",
		])
			expect([...places]).toContain(place);
		expect(await found("leads", "quexillia")).toBe(1);
	});

	it("is gone from all of them once lead and client are erased", async () => {
		const before = await eventsOf(all.sender.organizationId);
		expect((await all.send("POST", `/leads/${ids.lead}/erase`)).status).toBe(204);
		expect((await all.send("POST", `/clients/${ids.client}/erase`)).status).toBe(204);
		expect(await found("leads", "quexillia")).toBe(0);
		expect(await found("clients", "quexillia")).toBe(0);
		expect((await all.send("GET", `/leads/${ids.lead}?includeDeleted=true`)).status).toBe(404);
		expect((await all.send("GET", `/leads/${ids.lead}/events?includeDeleted=true`)).status).toBe(404);
		expect((await all.send("POST", `/leads/${ids.lead}/erase`)).status).toBe(404);
		expect(await findTexts(TEXTS)).toEqual([]);
		expect(await total("SELECT count(*) AS n FROM erasures")).toBe(0);
		const after = await eventsOf(all.sender.organizationId);
		expect(after.slice(0, before.length).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
		expect(
			after.slice(before.length).map(({ type, entityId, payload }) => [type, entityId, payload.data]),
		).toEqual([
			["lead.erased", ids.lead, { id: ids.lead }],
			["client.erased", ids.client, { id: ids.client }],
		]);
		for (const { type, payload } of after) catalogue[type as EventType].payload.parse(payload);
	});

	it("leaves figures, states and colleagues where they were", async () => {
		const get = (path: string) => ok("GET", path);
		expect(await get(`/deals/${ids.deal}`)).toMatchObject({
			title: "(erased)",
			price: 100,
			leadId: null,
			clientId: ids.client,
			lostReason: null,
			cf_contact: null,
		});
		expect(await get(`/deals/${ids.shared}`)).toMatchObject({ title: "Theirs", contactIds: [] });
		expect(await get(`/quotations/${ids.quotation}`)).toMatchObject({ total: 100, subject: null, number: 1 });
		const invoice = { total: 100, notes: null, date: "2026-02-01", clientId: ids.client };
		expect(await get(`/invoices/${ids.invoice}`)).toMatchObject(invoice);
		for (const task of [ids.task, ids.visit])
			expect(await get(`/tasks/${task}`)).toMatchObject({ title: "(erased)", entity: null, entityId: null });
		const talk = { status: "busy", duration: 7, contactNumber: null, leadId: null, metadata: {} };
		expect(await get(`/conversations/${ids.call}`)).toMatchObject(talk);
		expect((await get(`/conversations/${ids.chat}/messages`)).items).toEqual([]);
		for (const response of [ids.response, ids.again])
			expect(await get(`/form-responses/${response}`)).toMatchObject({
				answers: {},
				source: null,
				leadId: null,
			});
		expect((await get(`/leads/${ids.bystander}`)).name).toBe("By Stander");
		expect((await get(`/deals/${ids.deal}/events`)).items.at(-1).payload.data.price).toBe(100);
	});

	it("is reported to copies with who did it, and nothing else about the record is", async () => {
		await all.sender.sweep();
		await all.drain();
		const bodies = (await receivedRequests("erased-echo")).map(({ body }) => JSON.parse(body));
		const [last, ...rest] = bodies.reverse();
		expect(
			[last, ...rest]
				.filter(({ event }) => /erased$/.test(event))
				.map(({ event, data, actor }) => [event, data, actor.type])
				.sort(),
		).toEqual([
			["client.erased", { id: ids.client }, "key"],
			["lead.erased", { id: ids.lead }, "key"],
		]);
		expect(JSON.stringify(bodies)).not.toContain("Zirconium expert");
		const log = await ok("GET", `/webhooks/${ids.resting}/deliveries?limit=100&event=client.updated`);
		expect(new Set(log.items.map(({ status }: Json) => status))).toEqual(new Set(["cancelled"]));
		const echoed = await ok(
			"GET",
			`/webhooks/${ids.echo}/deliveries?limit=100&event=lead.created&status=success`,
		);
		const erased = await Promise.all(
			echoed.items.map(({ id }: Json) => ok("GET", `/webhooks/${ids.echo}/deliveries/${id}`)),
		);
		expect(erased.find(({ payload }) => payload.data.id === ids.lead)).toMatchObject({
			payload: { data: { name: "(erased)", email: null, number: 1 } },
			attempts: [{ statusCode: 200, responseBody: null, responseHeaders: null }],
		});
		expect(await findTexts(TEXTS)).toEqual([]);
	});

	it.each(["form", "patch", "call", "said", "convert"])(
		"the kept answer of %s is not given again",
		async (name) => {
			const results = await run(
				"SELECT answer FROM idempotency_keys WHERE organizationId = ? AND key LIKE ?",
				all.sender.organizationId,
				`% ${name}`,
			);
			expect(results).toEqual([{ answer: "erased" }]);
		},
	);
});
