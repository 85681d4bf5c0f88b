// Deleted rows don't make other requests slower: looking up live rows (by reference, by a unique value, for an upsert) reads
// as many rows behind thousands of deleted ones as behind one. D1 counts the rows.
import { describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { create, createClient, createPipeline, STAGES } from "../support/deals.ts";
import { copyRow, countReads, requestCost } from "../support/many-rows.ts";
import { dbOf } from "../support/shards.ts";
import { hasOperations } from "./operations.ts";
import { createTarget, referencesOf } from "./references.ts";
import { resources } from "./resources.ts";
import { bodyOf } from "./rows.ts";

const MANY = 3_000;
/** Rows more, at most: a create reads some of the newest for its number, of which there are fewer at first. */
const SOME = 50;

const givenCounted = async (): Promise<Api> => (await createCaller({ keys: 5 })).via(countReads);

/** Makes a row and deletes it; as many copies of it, if asked for, are deleted too. */
async function deleted(api: Api, path: string, body: object, copies = 0): Promise<Json> {
	const row = await create(api, `/${path}`, body);
	expect((await api.delete(`/${path}/${row.id}`)).status).toBe(204);
	const table = path.replaceAll("-", "_");
	if (copies > 0) await copyRow(table, row, copies);
	// Rows that came without being counted would be counted now.
	await dbOf(api.organizationId)
		.prepare(
			"INSERT INTO counters (organizationId, resource, value, upTo) VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET upTo = excluded.upTo",
		)
		.bind(api.organizationId, table, `${row.id.split("_")[0]}_8`)
		.run();
	return row;
}

/** Asks for the same thing behind one deleted row and behind thousands, after once more so that both are known. */
async function expectSameCost(ask: (copies: number) => Promise<() => ReturnType<Api["get"]>>): Promise<void> {
	const rows: number[] = [];
	for (const copies of [0, 0, MANY]) rows.push((await requestCost(await ask(copies))).rows);
	const [, few = 0, many = 0] = rows;
	expect(many, `${few} rows read behind one deleted row`).toBeLessThanOrEqual(few + SOME);
}

const held = resources.filter(hasOperations("create", "remove")).flatMap((resource) =>
	referencesOf(resource)
		.filter(({ mayBeDeleted }) => !mayBeDeleted)
		.map((reference) => ({
			resource,
			reference,
			path: resource.path,
			field: reference.field,
			to: reference.to,
		})),
);

describe("deleting what deleted rows refer to", () => {
	it.each(held)("$path by $field", async ({ resource, reference, path, to }) => {
		const api = await givenCounted();
		await expectSameCost(async (copies) => {
			const { id } = await createTarget(api, reference);
			await deleted(api, path, { ...(await bodyOf(api, resource)), ...reference.withIds(id) }, copies);
			return () => api.delete(`/${to}/${id}`);
		});
	});
});

describe("a value that only one may have", () => {
	it("is free again behind deleted users", async () => {
		const api = await givenCounted();
		await expectSameCost(async (copies) => {
			const user = { name: "Sam", email: `sam${copies}-${Math.random()}@example.com` };
			await deleted(api, "users", user, copies);
			return () => api.post("/users", user);
		});
	});

	it("is free again behind deleted leads with it in a custom field", async () => {
		const api = await givenCounted();
		await create(api, "/custom-fields", { entity: "leads", label: "Code", type: "text", unique: true });
		await expectSameCost(async (copies) => {
			const lead = { name: "Jane", cf_code: `${copies} ${Math.random()}` };
			await deleted(api, "leads", lead, copies);
			return () => api.post("/leads", lead);
		});
	});
});

describe("an upsert", () => {
	it.each([
		["leads", "email", { name: "Jane" }, (n: number) => `jane${n}@example.com`],
		["leads", "mobile", { name: "Jane" }, (n: number) => `+1415555${n}`],
		["leads", "cf_code", { name: "Jane" }, (n: number) => `code ${n}`],
		["clients", "email", { name: "Acme" }, (n: number) => `acme${n}@example.com`],
		["clients", "phone", { name: "Acme" }, (n: number) => `+1415555${n}`],
	])("of %s by %s passes over deleted ones", async (path, matchBy, fields, value) => {
		const api = await givenCounted();
		await create(api, "/custom-fields", { entity: "leads", label: "Code", type: "text" });
		let count = 1_000;
		await expectSameCost(async (copies) => {
			count += 1;
			const body = { ...fields, [matchBy]: value(count) };
			await deleted(api, path, body, copies);
			return () => api.post(`/${path}/upsert`, { matchBy, ...body });
		});
	});

	it("by a value that thousands of rows have is refused after reading ten of them", async () => {
		const api = await givenCounted();
		await create(api, "/custom-fields", { entity: "leads", label: "City", type: "text" });
		const lead = await create(api, "/leads", { name: "Jane", cf_city: "Berlin", email: "jane@example.com" });
		await copyRow("leads", lead, MANY);
		for (const body of [
			{ matchBy: "cf_city", name: "Jane", cf_city: "Berlin" },
			{ matchBy: "email", name: "Jane", email: "jane@example.com" },
		]) {
			const { rows } = await requestCost(async () => {
				const reply = await api.post("/leads/upsert", body);
				expect(reply.status).toBe(409);
				return { ...reply, status: 200 };
			});
			expect(rows).toBeLessThan(100);
		}
	});
});

describe("recording events", () => {
	it("reads no deleted webhooks", async () => {
		const api = await givenCounted();
		await expectSameCost(async (copies) => {
			await deleted(api, "webhooks", { url: "https://hooks.example.com/a", events: ["*"] }, copies);
			return () => api.post("/leads", { name: "Jane" });
		});
	});
});

describe("pipelines", () => {
	it("lose a stage whose deals are all deleted, and add up the others, at a cost that deleted deals don't raise", async () => {
		const api = await givenCounted();
		await createPipeline(api);
		const client = await createClient(api);
		const pipelines: string[] = [];
		await expectSameCost(async (copies) => {
			const { pipeline, fresh } = await createPipeline(api, { name: "Other" });
			pipelines.push(pipeline.id);
			await deleted(
				api,
				"deals",
				{ title: "Deal", clientId: client.id, pipelineId: pipeline.id, stageId: fresh },
				copies,
			);
			return () => api.patch(`/pipelines/${pipeline.id}`, { stages: pipeline.stages.slice(1) });
		});
		await expectSameCost(async () => () => api.get(`/deals/totals?pipelineId=${pipelines.shift()}`));
	});

	it("that are deleted cost no write of a deal", async () => {
		const api = await givenCounted();
		await createPipeline(api);
		const client = await createClient(api);
		await expectSameCost(async (copies) => {
			await deleted(api, "pipelines", { name: "Gone", stages: STAGES }, copies);
			return () => api.post("/deals", { title: "Deal", clientId: client.id });
		});
	});

	it("that are deleted cost no write of another", async () => {
		const api = await givenCounted();
		await createPipeline(api);
		await expectSameCost(async (copies) => {
			await deleted(api, "pipelines", { name: "Gone", stages: STAGES }, copies);
			return () => api.post("/pipelines", { name: "Next", stages: STAGES, isDefault: true });
		});
	});

	it("and lead stages that are deleted cost no write of a lead", async () => {
		const api = await givenCounted();
		await expectSameCost(async (copies) => {
			await deleted(api, "lead-stages", { name: "Gone", type: "NEW", position: 0 }, copies);
			return () => api.post("/leads", { name: "Jane" });
		});
	});
});
