import assert from "node:assert/strict";
import { before, test } from "node:test";
import { api, context, credentials, Leadwire, LeadwireApi, type Row, resources } from "./support.mts";

interface Property {
	readonly name: string;
	readonly default: unknown;
	readonly options?: readonly { readonly value: string }[];
	readonly displayOptions?: { readonly show: Readonly<Record<string, readonly unknown[]>> };
}

const node = new Leadwire();
let given: Awaited<ReturnType<typeof credentials>>;
before(async () => {
	given = await credentials();
});

/** All parameters that n8n shows for an operation, with their defaults. */
function defaults(resource: string, operation: string): Record<string, unknown> {
	const chosen: Record<string, unknown> = { resource, operation, returnAll: false };
	const shown = (node.description.properties as Property[]).filter(({ displayOptions }) =>
		Object.entries(displayOptions?.show ?? {}).every(([name, values]) => values.includes(chosen[name])),
	);
	return { ...Object.fromEntries(shown.map((property) => [property.name, property.default])), ...chosen };
}

async function run(
	resource: string,
	operation: string,
	parameters: object,
	more: object = {},
): Promise<Row[]> {
	const [results] = await node.execute.call(
		context(given, { ...defaults(resource, operation), ...parameters }, more),
	);
	return results.map(({ json, pairedItem }: { json: Row; pairedItem: object }) => {
		assert.deepEqual(pairedItem, { item: 0 });
		return json;
	});
}

const options = (name: string, parameters = {}) =>
	node.methods.loadOptions[name].call(context(given, parameters));
const stamp = () => Math.random().toString(36).slice(2, 12);

const inputs: Record<string, () => Promise<Record<string, unknown>>> = {
	lead: async () => ({
		fields: { name: `Jane ${stamp()}`, expectedCloseDate: "2026-12-31T09:00:00.000+09:00" },
	}),
	client: async () => ({ fields: { name: `Acme ${stamp()}`, phone: "+14155550100" } }),
	deal: async () => ({
		title: `Relaunch ${stamp()}`,
		clientId: (await api("POST", "clients", { name: "Acme" })).id,
		fields: { price: 100 },
	}),
	task: async () => ({
		title: `Call ${stamp()}`,
		fields: { entityId: (await api("POST", "leads", { name: "Jane" })).id },
	}),
};
const changes: Record<string, Record<string, unknown>> = {
	lead: { score: 5 },
	client: { taxNumber: "DE1" },
	deal: { priority: "HIGH" },
	task: { status: "COMPLETED" },
};

for (const resource of Object.keys(inputs))
	test(`${resource}: created, got, found, updated, deleted`, async () => {
		const [made] = await run(resource, "create", (await inputs[resource]?.()) ?? {});
		assert(made);
		assert.deepEqual(await run(resource, "get", { id: made.id }), [made]);
		const search = String(made.title ?? made.name);
		assert.deepEqual(
			(await run(resource, "getAll", { search })).map(({ id }) => id),
			[made.id],
		);
		const [changed] = await run(resource, "update", { id: made.id, fields: changes[resource] });
		assert.deepEqual({ ...changed, ...changes[resource] }, changed);
		assert.deepEqual(await run(resource, "delete", { id: made.id }), [{ id: made.id, deleted: true }]);
		await assert.rejects(run(resource, "get", { id: made.id }), { name: "NodeApiError", httpCode: "404" });
	});

test("days, and what a task is about, are sent as the API takes them", async () => {
	const [lead] = await run("lead", "create", (await inputs.lead?.()) ?? {});
	assert.equal(lead?.expectedCloseDate, "2026-12-31");
	const [emptied] = await run("lead", "update", { id: lead?.id, fields: { expectedCloseDate: "" } });
	assert.equal(emptied?.expectedCloseDate, null);
	const [task] = await run("task", "create", (await inputs.task?.()) ?? {});
	assert.equal(task?.entity, "leads");
});

test("one that is known is updated instead of made again", async () => {
	const email = `${stamp()}@example.com`;
	const [first] = await run("lead", "upsert", { matchBy: "email", fields: { email, name: "Jane" } });
	const [second] = await run("lead", "upsert", { matchBy: "email", fields: { email, name: "Janet" } });
	assert.deepEqual([second?.id, second?.name], [first?.id, "Janet"]);
});

test("a list is read to its end, or to its limit, with filters", async () => {
	const sourceId = (await api("POST", "lead-sources", { name: `Fair ${stamp()}` })).id;
	const items = Array.from({ length: 100 }, (_, at) => ({ name: `Jane ${at}`, sourceId }));
	await api("POST", "leads/batch", { items });
	await api("POST", "leads", { name: "Jane 100", sourceId });
	const filters = { sourceId };
	assert.equal((await run("lead", "getAll", { filters, returnAll: true })).length, 101);
	assert.equal((await run("lead", "getAll", { filters, limit: 2 })).length, 2);
});

test("an error names the field, and the workflow goes on if it shall", async () => {
	const bad = { fields: { name: "Jane", email: "jane" } };
	const message = "email: Expected an e-mail address.";
	await assert.rejects(run("lead", "create", bad), { name: "NodeApiError", message, httpCode: "400" });
	assert.deepEqual(await run("lead", "create", bad, { continueOnFail: () => true }), [{ error: message }]);
});

test("every field of the node is one of the API's", async () => {
	const document = await api<{
		components: { schemas: Record<string, { properties: Record<string, unknown> }> };
	}>("GET", "openapi.json");
	for (const { name, fields } of Object.values(resources) as { name: string; fields: Property[] }[]) {
		const known = Object.keys(document.components.schemas[`${name}Create`]?.properties ?? {});
		assert(known.length > 10);
		assert.deepEqual(
			fields.map((field) => field.name).filter((field) => !known.includes(field)),
			[],
			name,
		);
	}
});

test("dropdowns list stages, custom fields and events", async () => {
	const [pipeline] = (await api<{ items: Row[] }>("GET", "pipelines")).items;
	assert(pipeline);
	const stages = await options("getDealStages");
	for (const { id, name } of pipeline.stages as Row[])
		assert(stages.some((one: Row) => one.value === id && one.name === `${pipeline.name}: ${name}`));
	for (const name of ["getPipelines", "getLeadStages", "getLeadSources", "getClients"])
		assert((await options(name)).length > 0, name);
	for (const name of ["getUsers", "getTags"]) assert(Array.isArray(await options(name)), name);
	assert((await options("getEvents")).some(({ value }: Row) => value === "deal.stageChanged"));
});

test("custom fields are offered with their type, and written", async () => {
	const define = (type: string, more = {}) =>
		api<{ key: string }>("POST", "custom-fields", {
			entity: "leads",
			label: `${type} ${stamp()}`,
			type,
			...more,
		});
	const number = await define("number");
	const yes = await define("boolean");
	const several = await define("multiSelect", { options: ["a", "b"] });
	const offered = await options("getCustomFields", { resource: "lead" });
	const offerOf = ({ key }: { key: string }) =>
		offered.find(({ value }: { value: string }) => value.startsWith(`${key}:`))?.value;
	const field = [
		{ key: offerOf(number), value: "5" },
		{ key: offerOf(yes), value: "true" },
		{ key: offerOf(several), value: "a, b" },
	];
	const [lead] = await run("lead", "create", { fields: { name: "Jane" }, customFields: { field } });
	assert.deepEqual([lead?.[number.key], lead?.[yes.key], lead?.[several.key]], [5, true, ["a", "b"]]);
	const empty = { field: [{ key: number.key, value: "" }] };
	const [emptied] = await run("lead", "update", { id: lead?.id, customFields: empty });
	assert.equal(emptied?.[number.key], null);
});

test("the credentials' test call is answered with the key, and not without", async () => {
	const { request } = new LeadwireApi().test;
	const status = async (apiKey: string) =>
		(await fetch(new URL(request.url, given.url), { headers: { "x-api-key": apiKey } })).status;
	assert.deepEqual([await status(given.apiKey), await status("lw_live_nobody")], [200, 401]);
});
