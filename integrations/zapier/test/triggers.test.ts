import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { watches } from "../src/watches.ts";
import { api, app, connection, fieldNames, openReceiver, type Row, run } from "./support.ts";

type Output = Row & { readonly event: { readonly name: string; readonly changes: Record<string, unknown> } };

let receiver: Awaited<ReturnType<typeof openReceiver>>;
let client: Row;
let stages: Record<string, string>;
let leadStages: Row[];
/** The key that makes things happen, of a limit of its own. */
let author: string;

before(async () => {
	receiver = await openReceiver();
	author = (await connection()).apiKey;
	client = await post("clients", { name: "Acme" });
	const pipeline = await post("pipelines", {
		name: `Sales ${Date.now()}`,
		stages: ["ACTIVE", "WON", "LOST"].map((type) => ({ name: type, type })),
	});
	stages = Object.fromEntries((pipeline.stages as Row[]).map(({ id, type }) => [type, id]));
	leadStages = (await api<{ items: Row[] }>("GET", "lead-stages", undefined, author)).items;
	pipelineId = pipeline.id;
	sourceId = (await post("lead-sources", { name: `Fair ${Date.now()}` })).id;
});
after(() => receiver.close());

let pipelineId: string;
const post = (path: string, body: object) => api("POST", path, body, author);
const patch = (path: string, { id }: Row, body: object) => api("PATCH", `${path}/${id}`, body, author);
let sourceId: string;
/** Somebody who owns a record and is assigned to it, and a tag. */
async function assigned() {
	const name = `Olga ${crypto.randomUUID()}`;
	const user = await post("users", { name, email: `${crypto.randomUUID()}@example.com` });
	const tag = await post("tags", { name });
	return { ownerId: user.id, assigneeIds: [user.id], tagIds: [tag.id] };
}
const lead = () => post("leads", { name: "Jane" });
const deal = () => post("deals", { title: "Relaunch", clientId: client.id, pipelineId });
const task = () => post("tasks", { title: "Call" });
const moved = async (type: string) => patch("deals", await deal(), { stageId: stages[type] });

/** What makes each trigger fire, once. */
const causes: Record<string, () => Promise<Row>> = {
	lead_created: lead,
	lead_updated: async () => patch("leads", await lead(), { score: 1 }),
	lead_stage_changed: async () => {
		const made = await lead();
		return patch("leads", made, { stageId: leadStages.find(({ id }) => id !== made.stageId)?.id });
	},
	client_created: () => post("clients", { name: "Other" }),
	client_updated: async () => patch("clients", client, { description: String(Date.now()) }),
	deal_created: deal,
	deal_updated: async () => patch("deals", await deal(), { price: 5 }),
	deal_stage_changed: () => moved("WON"),
	deal_won: () => moved("WON"),
	deal_lost: () => moved("LOST"),
	task_created: task,
	task_updated: async () => patch("tasks", await task(), { priority: "LOW" }),
	task_completed: async () => {
		const made = await task();
		await patch("tasks", made, { priority: "LOW" });
		return patch("tasks", made, { status: "COMPLETED" });
	},
	form_response_created: async () => {
		const form = await post("forms", { title: "Contact", fields: [{ label: "Name", key: "name" }] });
		return post("form-responses", { formId: form.id, answers: { name: "Jane" } });
	},
	invoice_paid: async () => {
		const lineItems = [{ name: "Design", quantity: 1, price: 10 }];
		const dates = { date: "2026-01-31", dueDate: "2026-02-28", status: "SENT" };
		const invoice = await post("invoices", { clientId: client.id, lineItems, ...dates });
		return post(`invoices/${invoice.id}/payments`, { amount: 10 });
	},
};

const keysOf = ({ event, ...record }: Output) => ({ record: fieldNames(record), event: Object.keys(event) });

for (const watch of watches)
	test(`${watch.key}: fires once, its examples have the form of what comes, and its webhook goes with it`, async () => {
		const { operation } = app.triggers?.[watch.key] ?? {};
		assert(operation?.type === "hook");
		const bundle = { authData: await connection(), inputData: {}, targetUrl: receiver.url };
		const subscribeData = await run<Row>(operation.performSubscribe, bundle);
		const caused = await causes[watch.key]?.();
		const cleanedRequest = await receiver.next();
		const [output] = await run<Output[]>(operation.perform, { ...bundle, cleanedRequest });
		assert.equal(output?.id, caused?.id);
		assert(watch.events.includes(output?.event.name ?? ""));
		// Of a trigger with a filter, nothing came before.
		assert.deepEqual({ ...output, ...watch.params }, output);
		const examples = await run<Output[]>(operation.performList, bundle);
		for (const example of [...examples, operation.sample as Output])
			assert.deepEqual(keysOf(example), output && keysOf(output));
		assert(examples.some(({ id }) => id === caused?.id));
		await run(operation.performUnsubscribe, { ...bundle, subscribeData });
		await assert.rejects(api("GET", `webhooks/${subscribeData.id}`, undefined, author), /404/);
		// Turned off once more, it has nothing to do.
		await run(operation.performUnsubscribe, { ...bundle, subscribeData });
		assert.deepEqual(receiver.bodies, []);
	});

test("a trigger that is limited to a stage hears of no other", async () => {
	const { operation } = app.triggers?.deal_stage_changed ?? {};
	assert(operation?.type === "hook");
	const inputData = { pipelineId, stageId: stages.LOST };
	const bundle = { authData: await connection(), inputData, targetUrl: receiver.url };
	const subscribeData = await run<Row>(operation.performSubscribe, bundle);
	await moved("WON");
	const lost = await moved("LOST");
	assert.equal(((await receiver.next()) as { data: Row }).data.id, lost.id);
	const examples = await run<Output[]>(operation.performList, bundle);
	assert(examples.length > 0 && examples.every(({ stageId }) => stageId === stages.LOST));
	await run(operation.performUnsubscribe, { ...bundle, subscribeData });
	assert.deepEqual(receiver.bodies, []);
});

/** A record of each resource with all ids that can have names, and what changes it. */
const named: Record<string, () => Promise<Row>> = {
	lead_updated: async () =>
		patch("leads", await post("leads", { name: "Jane", ...(await assigned()), sourceId }), { score: 1 }),
	client_updated: async () => {
		const { ownerId, tagIds } = await assigned();
		const company = await post("clients", { type: "company", name: "Umbrella" });
		const made = await post("clients", {
			type: "contact",
			name: "Ann",
			companyId: company.id,
			ownerId,
			tagIds,
			sourceId,
		});
		return patch("clients", made, { description: "x" });
	},
	deal_updated: async () => {
		const contact = await post("clients", { type: "contact", name: "Ann" });
		const given = { title: "Relaunch", clientId: client.id, pipelineId, leadId: (await lead()).id };
		const made = await post("deals", { ...given, ...(await assigned()), contactIds: [contact.id], sourceId });
		return patch("deals", made, { price: 5 });
	},
	task_updated: async () => {
		const about = { entity: "deals", entityId: (await deal()).id };
		return patch("tasks", await post("tasks", { title: "Call", ...about, ...(await assigned()) }), {
			priority: "LOW",
		});
	},
	invoice_paid: async () => {
		const { ownerId, tagIds } = await assigned();
		const lineItems = [{ name: "Design", quantity: 1, price: 10 }];
		const given = { date: "2026-01-31", dueDate: "2026-02-28", status: "SENT", dealId: (await deal()).id };
		const invoice = await post("invoices", { clientId: client.id, lineItems, ...given, ownerId, tagIds });
		return post(`invoices/${invoice.id}/payments`, { amount: 10 });
	},
};

for (const [key, cause] of Object.entries(named))
	test(`${key}: with names beside its ids, also in its examples`, async () => {
		const { operation } = app.triggers?.[key] ?? {};
		assert(operation?.type === "hook");
		author = (await connection()).apiKey;
		const fields = (operation.inputFields ?? []) as { key: string; choices?: { value: string }[] }[];
		const expand = fields.find((field) => field.key === "expand")?.choices?.map(({ value }) => value);
		const bundle = { authData: await connection(), inputData: { expand }, targetUrl: receiver.url };
		const subscribeData = await run<Row>(operation.performSubscribe, bundle);
		const caused = await cause();
		const cleanedRequest = await receiver.next();
		await run(operation.performUnsubscribe, { ...bundle, subscribeData });
		const [output] = await run<Output[]>(operation.perform, { ...bundle, cleanedRequest });
		const examples = await run<Output[]>(operation.performList, bundle);
		const example = examples.find(({ id }) => id === caused.id);
		assert.deepEqual({ ...example, event: null }, { ...output, event: null });
		const names = Object.entries(output ?? {}).filter(
			([field]) => /Names?$/.test(field) && !/^(first|last)/.test(field),
		);
		assert(
			names.length >= 4 && names.every(([, name]) => [name].flat().every((one) => typeof one === "string")),
		);
	});

test("names that the key may not read are refused when the Zap is turned on", async () => {
	const { operation } = app.triggers?.lead_created ?? {};
	assert(operation?.type === "hook");
	const authData = await connection(["webhooks:write", "leads:read"]);
	const bundle = { authData, inputData: { expand: ["users"] }, targetUrl: receiver.url };
	await assert.rejects(run(operation.performSubscribe, bundle), /lacks the scope users:read/);
});
