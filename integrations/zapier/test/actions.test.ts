import assert from "node:assert/strict";
import { before, test } from "node:test";
import { bodyOf, dealFields } from "../src/fields.ts";
import { resources } from "../src/resources.ts";
import { api, app, connection, fieldNames, type Row, run } from "./support.ts";

const { creates = {}, searches = {}, triggers = {}, authentication } = app;
let authData: Awaited<ReturnType<typeof connection>>;

before(async () => {
	authData = await connection();
});

const write = (key: string, inputData: object) =>
	run<Row>(creates[key]?.operation.perform, { authData, inputData });
const find = (key: string, inputData: object) =>
	run<Row[]>(searches[key]?.operation.perform, { authData, inputData });
function options(key: string, inputData = {}) {
	const { operation } = triggers[key] ?? {};
	assert(operation?.type === "polling");
	return run<Row[]>(operation.perform, { authData, inputData, meta: { page: 0 } });
}
const stamp = () => Math.random().toString(36).slice(2, 12);

test("the connection is named after the organization, or the host if the key may not read it", async () => {
	const test = (data: object) => run<{ name: string }>(authentication?.test, { authData: data });
	assert.deepEqual(await test(authData), { name: (await api<{ name: string }>("GET", "organization")).name });
	assert.deepEqual(await test(await connection(["leads:write"])), { name: new URL(authData.url).host });
	await assert.rejects(test({ ...authData, apiKey: "lw_live_nobody" }), /ExpiredAuthError|API key/);
});

const inputs: Record<string, () => Promise<object>> = {
	lead: async () => ({
		firstName: "Jane",
		lastName: `Smith ${stamp()}`,
		email: `${stamp()}@example.com`,
		score: 3,
	}),
	client: async () => ({
		name: `Acme ${stamp()}`,
		billing_city: "Springfield",
		billing_country: "United States",
	}),
	deal: async () => ({
		title: `Relaunch ${stamp()}`,
		clientId: (await write("create_client", { name: "Acme" })).id,
		expectedCloseDate: "2026-12-31T00:00:00+09:00",
		lineItems: [{ line_name: "Design", line_quantity: 2, line_price: 100 }],
	}),
	task: async () => ({
		title: `Call ${stamp()}`,
		dueDate: "2026-12-31",
		entityId: (await write("create_lead", { name: "Jane" })).id,
	}),
};
const changes: Record<string, object> = {
	lead: { company: "Acme" },
	client: { phone: "+14155550100" },
	deal: { priority: "HIGH" },
	task: { status: "COMPLETED" },
};

for (const { key, sample } of resources)
	test(`${key}: created, found, updated; the sample has the fields of a record`, async () => {
		const made = await write(`create_${key}`, (await inputs[key]?.()) ?? {});
		assert.deepEqual(fieldNames(made), fieldNames(sample));
		const words = String(made.title ?? made.name);
		assert.deepEqual(
			(await find(key, { search: words })).map(({ id }) => id),
			[made.id],
		);
		assert.deepEqual(
			(await find(key, { id: made.id })).map(({ id }) => id),
			[made.id],
		);
		assert.deepEqual(await find(key, { id: made.id.replace(/.{3}$/, "000") }), []);
		await assert.rejects(find(key, {}), /at least one field/);
		const changed = await write(`update_${key}`, { id: made.id, ...changes[key] });
		assert.deepEqual({ ...changed, ...changes[key] }, changed);
		assert.equal(changed.version, Number(made.version) + 1);
	});

test("days, addresses, and what a task is about are sent as the API takes them", async () => {
	const deal = await write("create_deal", (await inputs.deal?.()) ?? {});
	assert.equal(deal.expectedCloseDate, "2026-12-31");
	assert.equal(deal.price, 200);
	const task = await write("create_task", (await inputs.task?.()) ?? {});
	assert.equal(task.entity, "leads");
	const client = await write("create_client", (await inputs.client?.()) ?? {});
	assert.equal((client.billingAddress as Row).city, "Springfield");
	assert.deepEqual(bodyOf({ title: "", price: 0, leadId: undefined }, dealFields), { price: 0 });
});

for (const [key, given] of [
	["lead", { matchBy: "email", email: `${stamp()}@example.com`, name: "Jane" }],
	["client", { matchBy: "phone", phone: "+14155550177", name: "Acme" }],
] as const)
	test(`${key}: one that is known is updated instead of made again`, async () => {
		const first = await write(`upsert_${key}`, given);
		const second = await write(`upsert_${key}`, { ...given, name: "Other" });
		assert.equal(second.id, first.id);
		assert.equal(second.name, "Other");
	});

test("an error names the field at fault", async () => {
	await assert.rejects(
		write("create_lead", { name: "Jane", email: "jane" }),
		/email: Expected an e-mail address/,
	);
	await assert.rejects(write("update_lead", { id: "ld_nobody", score: 1 }), /There is no such lead/);
});

test("a create that has failed for too many requests is run again later", async () => {
	const limited = await connection();
	const calls = Array.from({ length: 80 }, () =>
		run(creates.update_lead?.operation.perform, { authData: limited, inputData: { id: "ld_nobody" } }).catch(
			String,
		),
	);
	assert((await Promise.all(calls)).some((error) => /ThrottledError/.test(String(error))));
});

test("every field of a form is one of the API's", async () => {
	const { components } = await api<{
		components: { schemas: Record<string, { properties: Record<string, unknown> }> };
	}>("GET", "openapi.json");
	for (const { noun, fields } of resources) {
		const known = Object.keys(components.schemas[`${noun}Create`]?.properties ?? {});
		assert(known.length > 10);
		const keys = fields.map(({ key }) => (key.startsWith("billing_") ? "billingAddress" : key));
		assert.deepEqual(
			keys.filter((key) => !known.includes(key)),
			[],
			noun,
		);
	}
});

test("dropdowns list pipelines, stages of the chosen one or of all, and the rest", async () => {
	const [pipeline] = await options("pipelines");
	assert(pipeline);
	const chosen = await options("deal_stages", { pipelineId: pipeline.id });
	assert.deepEqual(
		chosen.map(({ name }) => name),
		(pipeline.stages as Row[]).map(({ name }) => name),
	);
	const other = await api("POST", "pipelines", {
		name: `Partners ${stamp()}`,
		stages: [
			{ name: "Met", type: "ACTIVE" },
			{ name: "Won", type: "WON" },
			{ name: "Lost", type: "LOST" },
		],
	});
	const all = await options("deal_stages");
	assert(all.some(({ name }) => name === `${other.name}: Met`));
	assert(all.length > chosen.length);
	for (const key of ["lead_stages", "lead_sources", "clients"]) assert((await options(key)).length > 0, key);
	for (const key of ["users", "tags"]) assert(Array.isArray(await options(key)), key);
	const { id: stageId } = chosen.at(-1) ?? {};
	const deal = await write("create_deal", { ...(await inputs.deal?.()), pipelineId: pipeline.id, stageId });
	assert.equal(deal.stageId, stageId);
});

test("custom fields are in the forms, and are written", async () => {
	const label = `Size ${stamp()}`;
	const { key } = await api<{ key: string }>("POST", "custom-fields", {
		entity: "leads",
		label,
		type: "singleSelect",
		options: ["1-10", "11-50"],
	});
	const form = creates.create_lead?.operation.inputFields?.at(-1);
	const fields = await run<Row[]>(form, { authData, inputData: {} });
	assert.deepEqual(
		fields.find((field) => field.key === key),
		{ key, label, type: "string", required: false, choices: ["1-10", "11-50"] },
	);
	assert.deepEqual(await run(form, { authData: await connection(["leads:write"]), inputData: {} }), []);
	assert.equal((await write("create_lead", { name: "Jane", [key]: "1-10" }))[key], "1-10");
});
