// Events tell all of their resource: whom they are shown to, and sent for.
import { beforeAll, describe, expect, it } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { withoutSending } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";

const lacks = (scope: string) => ({
	status: 403,
	body: { code: "FORBIDDEN", message: `This API key lacks the scope ${scope}.` },
});

let admin: Api;
let all: Json;
const keyWith = async (...scopes: string[]) =>
	withoutSending(await createCaller({ organizationId: admin.organizationId, scopes }));
const hook = (...events: string[]) => ({ url: "https://hooks.example.com/a", events });

beforeAll(async () => {
	admin = withoutSending(await createCaller());
	all = (await admin.post("/webhooks", hook("*"))).body;
	await admin.post("/leads", { name: "Jane" });
	await admin.post("/clients", { type: "contact", name: "Janet" });
});

describe("subscribing", () => {
	it.each([
		[["lead.created", "save_lead"], null],
		[["lead.*"], null],
		[["lead.*", "client.created"], "clients:read"],
		[["*"], "clients:read"],
		[["webhook.disabled"], "webhooks:read"],
		[["call.*"], "conversations:read"],
		[["form.response.created"], "form-responses:read"],
	])("to %j with leads:read lacks %s", async (events, scope) => {
		const api = await keyWith("webhooks:write", "leads:read");
		const made = await api.post("/webhooks", hook(...events));
		if (scope === null) expect(made.status).toBe(201);
		else expect(made).toMatchObject(lacks(scope));
		const own = (await api.post("/webhooks", hook("lead.created"))).body;
		const changed = await api.patch(`/webhooks/${own.id}`, { events });
		if (scope === null) expect(changed.status).toBe(200);
		else expect(changed).toMatchObject(lacks(scope));
	});

	it("a key can't redirect or read a webhook of events that it can't read", async () => {
		const api = await keyWith("webhooks:write", "leads:read");
		const path = `/webhooks/${all.id}`;
		expect(await api.patch(path, { url: "https://mine.example.com/" })).toMatchObject(lacks("clients:read"));
		expect(await api.patch(path, { events: ["lead.created"] })).toMatchObject(lacks("clients:read"));
		const asks = { filter: { "data.email": [{ startsWith: "j" }] } };
		expect(await api.patch(path, asks), "what passes tells the address").toMatchObject(lacks("clients:read"));
		expect((await admin.get(path)).body).toEqual({ ...all, secret: undefined });
		for (const harmless of [
			{ description: "x" },
			{ url: all.url },
			{ events: all.events },
			{ filter: null },
			{ method: "PUT" },
		])
			expect((await api.patch(path, harmless)).status, JSON.stringify(harmless)).toBe(200);
	});
});

describe("reading", () => {
	const types = (reply: { body: Json }, field: string) => [
		...new Set(reply.body.items.map((item: Json) => item[field])),
	];

	it("the feed is limited to what the key may read", async () => {
		expect(types(await (await keyWith("events:read", "leads:read")).get("/events"), "type").sort()).toEqual([
			"lead.created",
			"save_lead",
		]);
		const asked = await (await keyWith("events:read", "leads:read")).get("/events?type=client.created");
		expect(asked.body.items).toEqual([]);
		expect((await (await keyWith("events:read")).get("/events")).body.items).toEqual([]);
		expect(types(await (await keyWith("events:read", "*:read")).get("/events"), "type")).toContain(
			"client.created",
		);
	});

	it("so is a webhook's log", async () => {
		const api = await keyWith("webhooks:read", "webhooks:write", "leads:read");
		const log = `/webhooks/${all.id}/deliveries`;
		expect(types(await api.get(log), "event").sort()).toEqual(["lead.created", "save_lead"]);
		expect((await api.get(`${log}?event=client.created`)).body.items).toEqual([]);
		const [delivery] = (await admin.get(`${log}?event=client.created`)).body.items;
		expect(await api.get(`${log}/${delivery.id}`)).toMatchObject(lacks("clients:read"));
		expect(await api.post(`${log}/${delivery.id}/redeliver`)).toMatchObject(lacks("clients:read"));
		expect((await admin.get(`${log}/${delivery.id}`)).body.attempts).toEqual([]);
	});

	it("what holds a record is named by its id only where the key may read that", async () => {
		const { body: client } = await admin.post("/clients", { type: "contact", name: "Held" });
		const { body: task } = await admin.post("/tasks", { title: "x", entity: "clients", entityId: client.id });
		const message = async (...scopes: string[]) =>
			(await (await keyWith("clients:write", ...scopes)).delete(`/clients/${client.id}`)).body.message;
		expect(await message("tasks:read")).toBe(`This client is in use: ${task.id} holds it as entityId.`);
		expect(await message()).toBe("This client is in use: a task holds it as entityId.");
	});

	it("the organization's document names the custom fields of what the key reads or writes", async () => {
		await admin.post("/custom-fields", { entity: "leads", label: "Secret colour", type: "text" });
		for (const [scope, named] of [
			["tags:read", false],
			["clients:read", false],
			["leads:read", true],
			["leads:write", true],
			["custom-fields:read", true],
		] as const)
			expect((await (await keyWith(scope)).get("/openapi.json")).text.includes("Secret colour"), scope).toBe(
				named,
			);
	});
});
