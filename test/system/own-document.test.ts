// The organization's own document under the strictest validator: it compiles, its examples are right, and everything that
// a server answers, takes and tells its webhooks about custom fields is as it says.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { checkDocument, type DocumentPart, strictSchemas } from "../../scripts/openapi/strict-schemas.ts";
import {
	type CreateOrganization,
	type Customized,
	ENTITIES,
	type Entity,
	payloadProblems,
	VALUES,
	withServer,
} from "./support/customized.ts";

let optional: Customized;
let demanding: Customized;
const { promise: done, resolve: end } = Promise.withResolvers<void>();
let served: Promise<void>;

before(async () => {
	const ready = Promise.withResolvers<void>();
	served = withServer(async (organize: CreateOrganization) => {
		optional = await organize(false);
		demanding = await organize(true);
		ready.resolve();
		await done;
	});
	await Promise.race([ready.promise, served]);
});
after(async () => {
	end();
	await served;
});

const LINES = [{ name: "Consulting", quantity: 2, price: 100 }];

/** The least that makes one of an entity, but for its custom fields. */
const BODIES: Readonly<Record<Entity, (clientId: string) => object>> = {
	leads: () => ({ name: "Jane" }),
	clients: () => ({ name: "Acme" }),
	deals: (clientId) => ({ title: "Relaunch", clientId }),
	tasks: () => ({ title: "Call" }),
	quotations: (clientId) => ({ clientId, date: "2026-01-31", lineItems: LINES }),
	invoices: (clientId) => ({ clientId, date: "2026-01-31", dueDate: "2026-02-28", lineItems: LINES }),
};

const customOf = (row: object) =>
	Object.fromEntries(Object.entries(row).filter(([key]) => key.startsWith("cf_")));

test("both documents and all their examples are right, every custom field is named, and none by a pattern", async () => {
	for (const { document } of [optional, demanding]) {
		const { problems, schemas, examples } = checkDocument(document);
		assert.deepEqual(problems, []);
		assert(schemas > 700 && examples > 1_000, `${schemas} schemas, ${examples} examples`);
		assert(!JSON.stringify(document).includes('"patternProperties"'));
	}
	// All this is one task of the event loop, a minute on a busy machine: the server has closed its idle connections meanwhile, and
	// the next test must not send its request on one of them.
	await sleep(100);
});

for (const entity of ENTITIES) {
	test(`${entity}: every answer, body, parameter and payload is as the document says`, async () => {
		const { callOk: done, call, definitions } = optional;
		const client = await done("POST", "/clients", { name: "Client of all" });
		const least = BODIES[entity](client.id);
		const row = await done("POST", `/${entity}`, { ...least, ...VALUES });
		assert.deepEqual(customOf(row), VALUES);
		const unset = await done("POST", `/${entity}`, least);
		assert.deepEqual(customOf(unset), Object.fromEntries(Object.keys(VALUES).map((key) => [key, null])));

		const nulls = customOf(unset);
		assert.deepEqual(customOf(await done("PATCH", `/${entity}/${row.id}`, nulls)), nulls);
		assert.deepEqual(customOf(await done("PATCH", `/${entity}/${row.id}`, VALUES)), VALUES);
		assert.deepEqual(customOf(await done("GET", `/${entity}/${row.id}`)), VALUES);
		const document = optional.document;
		if (document.paths[`/${entity}/batch`])
			await done("POST", `/${entity}/batch`, {
				items: [
					{ ...least, ...VALUES },
					{ ...least, cf_number: 1 },
				],
			});
		if (document.paths[`/${entity}/upsert`])
			await done("POST", `/${entity}/upsert`, {
				...least,
				...VALUES,
				email: "jane@example.com",
				matchBy: "email",
			});

		// Every filter and sort that is declared works, and no other.
		const { parameters } = document.paths[`/${entity}`].get;
		const declared = new Map<string, DocumentPart>(parameters.map((one: DocumentPart) => [one.name, one]));
		const { problemsOf } = strictSchemas(document);
		for (const [key, value] of Object.entries(VALUES)) {
			const [first] = [value].flat();
			const path = `/${entity}?${new URLSearchParams({ [key]: String(first) })}`;
			if (key === "cf_longtext") {
				assert(!declared.has(key));
				assert.equal((await call("GET", path)).status, 400);
				continue;
			}
			assert.deepEqual(problemsOf(declared.get(key).schema, [first]), [], key);
			assert(
				(await done("GET", path)).items.some(({ id }: DocumentPart) => id === row.id),
				key,
			);
		}
		const sorts = declared.get("orderBy").schema.enum.filter((name: string) => name.startsWith("cf_"));
		assert.deepEqual(sorts.toSorted(), ["cf_currency", "cf_date", "cf_number"]);
		for (const orderBy of sorts) await done("GET", `/${entity}?orderBy=${orderBy}`);
		assert.equal((await call("GET", `/${entity}?orderBy=cf_text`)).status, 400);

		// What is kept under an option that was removed is still shown, filtered and told of.
		for (const key of ["cf_singleselect", "cf_multiselect"])
			await done("PATCH", `/custom-fields/${definitions.get(`${entity}.${key}`)}`, { options: ["Silver"] });
		await optional.readDocument();
		assert.deepEqual(customOf(await done("GET", `/${entity}/${row.id}`)), VALUES);
		await done("PATCH", `/${entity}/${row.id}`, { cf_number: 2 });
		assert.equal(
			(await done("GET", `/${entity}?cf_singleselect=Gold&limit=100`)).items[0].cf_singleselect,
			"Gold",
		);
		assert.equal((await call("POST", `/${entity}`, { ...least, cf_singleselect: "Gold" })).status, 400);
		await done("DELETE", `/${entity}/${row.id}`);
		await done("POST", `/${entity}/${row.id}/restore`);
	});
}

test("every event of these has the payload that the document describes", async () => {
	const seen = new Set<string>();
	for (let cursor: string | null = ""; cursor !== null; ) {
		const page: DocumentPart = await optional.callOk(
			"GET",
			`/events?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
		);
		for (const { type, payload } of page.items) {
			seen.add(type);
			// A webhook is told the delivery, too.
			const sent = { ...payload, webhookId: "whd_01kaj2m5m8f7jt2n3v4w5x6y7z" };
			assert.deepEqual(
				payloadProblems(optional.document, type, sent),
				[],
				`${type} ${JSON.stringify(payload)}`,
			);
		}
		cursor = page.nextCursor;
	}
	for (const entity of ENTITIES)
		for (const what of ["created", "updated", "deleted"])
			assert(seen.has(`${entity.slice(0, -1)}.${what}`), `${entity} ${what}: ${[...seen]}`);
});

test("a required field is required where the server requires it, and can't be cleared", async () => {
	const { callOk: done, call } = demanding;
	const { problemsOf } = strictSchemas(demanding.document);
	const bodyOf = (path: string, method: string) =>
		demanding.document.paths[path][method].requestBody.content["application/json"].schema;
	const { id: clientId } = await done("POST", "/clients", { name: "Client of all", ...VALUES });
	const { cf_number: _, ...without } = VALUES;
	for (const entity of ENTITIES) {
		const least = BODIES[entity](clientId);
		const row = await done("POST", `/${entity}`, { ...least, ...VALUES });
		for (const [method, path, body] of [
			["post", `/${entity}`, { ...least, ...without }],
			["post", `/${entity}`, { ...least, ...VALUES, cf_number: null }],
			["patch", `/${entity}/{id}`, { cf_number: null }],
		] as const) {
			const { status } = await call(method.toUpperCase(), path.replace("{id}", row.id), body);
			assert.equal(status, 400, `${method} ${path}`);
			assert.notDeepEqual(problemsOf(bodyOf(path, method), body), [], `${method} ${path}`);
		}
	}
	const lead = await done("POST", "/leads", { name: "Jane", ...VALUES });
	const converting = { clientId, deal: { title: "Relaunch", ...without } };
	assert.equal((await call("POST", `/leads/${lead.id}/convert`, converting)).status, 400);
	assert.notDeepEqual(problemsOf(bodyOf("/leads/{id}/convert", "post"), converting), []);
	const whole = { clientId, deal: { title: "Relaunch", ...VALUES } };
	const { deal } = await done("POST", `/leads/${lead.id}/convert`, whole);
	assert.deepEqual(customOf(deal), VALUES);
});
