// No answer shows data of another resource that the key may not read. Each resource has a unique text, and every operation
// is called with keys that have only its scopes.
import { beforeAll, describe, expect, it } from "vitest";
import type { Api, Json, Reply } from "../support/api.ts";
import { withoutSending } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { type Operation, operations, pathOf, scopeNounOf } from "./operations.ts";
import { resources } from "./resources.ts";
import { bodyFor, bodyOf, createRow, resourceAt } from "./rows.ts";

const needle = (path: string) => `needle-of-${path}`;

/** Where each resource holds its needle, and what else of the world it names. In the order in which they are made. */
const WORLD: Readonly<Record<string, (ids: Json) => object>> = {
	// First, so that every event has a delivery.
	webhooks: () => ({
		...{ description: needle("webhooks"), events: ["*"], filter: null, rateLimit: null, ordered: false },
		...{ format: "json", template: null, expand: [] },
	}),
	organization: () => ({ name: needle("organization") }),
	users: () => ({ name: needle("users") }),
	tags: () => ({ name: needle("tags"), type: null }),
	products: () => ({ description: needle("products") }),
	"lead-sources": () => ({ name: needle("lead-sources") }),
	"lead-stages": () => ({ name: needle("lead-stages") }),
	pipelines: () => ({ name: needle("pipelines") }),
	"custom-fields": () => ({ helpText: needle("custom-fields") }),
	leads: (ids) => ({
		notes: needle("leads"),
		sourceId: ids["lead-sources"],
		stageId: ids["lead-stages"],
		ownerId: ids.users,
		tagIds: [ids.tags],
	}),
	clients: (ids) => ({ internalNotes: needle("clients"), ownerId: ids.users, tagIds: [ids.tags] }),
	deals: (ids) => ({
		title: needle("deals"),
		clientId: ids.clients,
		leadId: ids.leads,
		pipelineId: ids.pipelines,
		tagIds: [ids.tags],
	}),
	quotations: (ids) => ({ subject: needle("quotations"), clientId: ids.clients, dealId: ids.deals }),
	invoices: (ids) => ({
		subject: needle("invoices"),
		status: "SENT",
		clientId: ids.clients,
		quotationId: ids.quotations,
	}),
	tasks: (ids) => ({ description: needle("tasks"), entity: "deals", entityId: ids.deals }),
	conversations: (ids) => ({
		summary: needle("conversations"),
		status: "completed",
		leadId: ids.leads,
		clientId: ids.clients,
	}),
	forms: () => ({
		description: needle("forms"),
		fields: [
			{ key: "q", label: "Question", type: "text" },
			{ key: "n", label: "Name", type: "text", mapTo: "name" },
		],
		isActive: true,
	}),
	"form-responses": (ids) => ({ formId: ids.forms, answers: { q: needle("form-responses"), n: "Jane" } }),
	"notification-targets": () => ({ name: needle("notification-targets") }),
	"api-keys": () => ({ name: needle("api-keys") }),
};

let admin: Api;
const ids: Record<string, string> = {};
/** A delivery of the webhook on each event that happened, and the event. */
const deliveries = new Map<string, { readonly id: string; readonly eventId: string }>();

const bodyIn = async (path: string) => ({
	...(await bodyOf(admin, resourceAt(path))),
	...WORLD[path]?.(ids),
});

beforeAll(async () => {
	admin = withoutSending(await createCaller({ keys: 100 }));
	for (const path of Object.keys(WORLD))
		ids[path] = (await createRow(admin, resourceAt(path), await bodyIn(path))).id;
	const log = await admin.get(`/webhooks/${ids.webhooks}/deliveries?limit=100`);
	for (const { id, event, eventId } of log.body.items) deliveries.set(event, { id, eventId });
});

/** Bodies that ask for what belongs to others; those of the other operations are in rows.ts. */
const ASKING: Readonly<Record<string, () => object>> = {
	convertLead: () => ({ clientId: ids.clients }),
	createWebhook: () => ({ url: "https://hooks.example.com/mine", events: ["*"] }),
	updateWebhook: () => ({ url: "https://hooks.example.com/elsewhere" }),
	updateClient: () => ({ type: "contact" }),
	updatePipeline: () => ({
		stages: [
			{ name: "New", type: "ACTIVE" },
			{ name: "Won", type: "WON" },
			{ name: "Lost", type: "LOST" },
		],
	}),
	rotateWebhookSecret: () => ({ graceSeconds: 0 }),
	upsertLead: () => ({ matchBy: "email", email: "only@example.com", name: "Jane" }),
	upsertClient: () => ({ matchBy: "email", email: "only@example.com", type: "contact", name: "Jane" }),
};

/** Which resources an operation shows besides its own, to keys that may read them. */
const SHOWS: Readonly<Record<string, readonly string[]>> = {
	convertLead: ["clients"],
	listEvents: [
		"leads",
		"clients",
		"deals",
		"tasks",
		"quotations",
		"invoices",
		"conversations",
		"form-responses",
	],
	getEvent: ["clients"],
	getDelivery: ["clients"],
	redeliver: ["clients"],
};

/** Those that keep their record, because others hold it; they must not say who. */
const HELD =
	/^(delete(Client|Deal|Quotation|Tag|User|Product|Pipeline|LeadSource|LeadStage|Lead)|update(Client|Pipeline))$/;

async function ask(operation: Operation, scopes: readonly string[]): Promise<Reply> {
	const { operationId, resource, method } = operation;
	const api = (await createCaller({ organizationId: admin.organizationId, scopes })).via(admin.target);
	const { id: deliveryId = "", eventId = "" } = deliveries.get("client.created") ?? {};
	const whole = operation.path.startsWith("/events/{id}") ? eventId : (ids[resource] ?? "");
	const spoils = ["DELETE", "POST"].includes(method) && resource !== "webhooks" && !HELD.test(operationId);
	const fresh = spoils && operation.path.includes("{id}");
	const id = fresh ? (await createRow(admin, resourceAt(resource), await bodyIn(resource))).id : whole;
	if (operationId.startsWith("restore")) await admin.delete(`/${resource}/${id}`);
	const body = ASKING[operationId]?.() ?? (await bodyFor(admin, operation));
	// The world was made first.
	const query = operationId === "listEvents" ? "?orderDir=asc&limit=100" : "";
	const reply = await api.send(method, pathOf(operation, { id, deliveryId }) + query, body);
	if (operationId === "deleteWebhook") await admin.post(`/webhooks/${id}/restore`);
	return reply;
}

/** The resources whose needles an answer shows, but one. */
const shownBesides = (own: string, { text }: Reply) =>
	Object.keys(WORLD).filter((path) => path !== own && text.includes(needle(path)));

/** The ids of other resources that an error names. */
function namedBesides(own: string, { status, text }: Reply): string[] {
	if (status < 400) return [];
	const others = resources.filter(({ path }) => path !== own).map(({ prefix }) => prefix);
	return [...text.matchAll(/\b([a-z]+)_[0-9a-z]{26}\b/g)].flatMap(([id, prefix = ""]) =>
		others.includes(prefix) ? [id] : [],
	);
}

it("the world has one of each resource", () => {
	expect(Object.keys(WORLD).sort()).toEqual(resources.map(({ path }) => path).sort());
	expect(deliveries.get("client.created")).toBeDefined();
});

describe.each(operations)("$operationId", (operation) => {
	const { operationId, resource } = operation;
	const scopes = [operation.scope, ...operation.extraScopes];

	it.each([
		["its scopes alone", []],
		["the right to write everything, and to read its own", ["*:write", `${scopeNounOf(resource)}:read`]],
	])("shows nothing of others to a key with %s", async (_, more) => {
		const reply = await ask(operation, [...scopes, ...more]);
		expect(shownBesides(resource, reply), reply.text).toEqual([]);
		expect(namedBesides(resource, reply), reply.text).toEqual([]);
		expect(reply.status, reply.text).toBeLessThan(500);
	});

	it("works with a key that has its scopes and may read everything, and shows what is listed", async () => {
		const reply = await ask(operation, [...scopes, "*:read"]);
		expect(reply.status, reply.text).toBeLessThan(HELD.test(operationId) ? 410 : 300);
		expect(shownBesides(resource, reply).sort()).toEqual([...(SHOWS[operationId] ?? [])].sort());
	});
});

describe.each(["deals", "quotations", "invoices"])("the search of %s", (path) => {
	const keyWith = (...scopes: string[]) =>
		createCaller({ organizationId: admin.organizationId, scopes: [`${path}:read`, ...scopes] });
	const found = async (api: Api, search: string, more = "") =>
		(await api.get(`/${path}?search=${encodeURIComponent(search)}${more}`)).body;
	const searches = ["orderBy=createdAt", "orderBy=updatedAt", "includeDeleted=true", `id=`];

	it("goes by the client's name only for keys that may read clients", async () => {
		const [narrow, wide, all] = await Promise.all([
			keyWith(),
			keyWith("clients:read"),
			keyWith("*:write", "leads:read", "users:read"),
		]);
		const client = await createRow(admin, resourceAt("clients"), {
			...(await bodyIn("clients")),
			name: "Zxmqua Holding",
		});
		const made: Json[] = [];
		for (const number of [1, 2])
			made.push(
				await createRow(admin, resourceAt(path), {
					...(await bodyIn(path)),
					...{ clientId: client.id, quotationId: undefined, dealId: undefined },
					[path === "deals" ? "title" : "subject"]: `Pfwkey ${number}`,
				}),
			);
		const ids = made.map(({ id }) => id).toReversed();
		for (const more of searches) {
			const query = `&${more}${more === "id=" ? `${ids[0]}&id=${ids[1]}` : ""}`;
			for (const words of ["zxm", "zxmqua", "zxmqua pfwkey"]) {
				expect((await found(wide, words, query)).items, words).toHaveLength(2);
				for (const key of [narrow, all]) expect((await found(key, words, query)).items, words).toEqual([]);
			}
			expect((await found(narrow, "pfwkey", query)).items.map(({ id }: Json) => id).sort()).toEqual(
				ids.toSorted(),
			);
		}
		const { nextCursor } = await found(wide, "zxm", "&limit=1");
		expect((await found(wide, "zxm", `&limit=1&cursor=${nextCursor}`)).items).toHaveLength(1);
		expect((await found(narrow, "zxm", `&limit=1&cursor=${nextCursor}`)).items).toEqual([]);
	});
});
