// Webhooks with `expand`: names stand beside ids, as they are when it is sent, and only those that somebody may see.
import { afterEach, expect, it, vi } from "vitest";
import { withMembers } from "../support/bindings.ts";
import { createKey } from "../support/callers.ts";
import { copyRow } from "../support/many-rows.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { dbOf, wrapDatabases } from "../support/shards.ts";
import { signatureProblems } from "../support/verify.ts";

afterEach(() => void vi.useRealTimers());

const ALL = ["users", "leads", "clients", "deals", "pipelines", "lead-stages", "lead-sources", "tags"];

/** An organization with one record of each kind, named after it. */
async function world(...start: Parameters<typeof Sender.start>) {
	const sender = await Sender.start(...start);
	const post = async (path: string, body: object) => {
		const reply = await sender.api("POST", path, body);
		if (reply.status >= 300) throw new Error(reply.text);
		return reply.body;
	};
	const stages = ["ACTIVE", "WON", "LOST"].map((type) => ({ name: `stage ${type}`, type }));
	await post("/pipelines", { name: "the pipeline", stages });
	const other = await post("/pipelines", { name: "another pipeline", stages: [...stages].reverse() });
	const user = await post("/users", { name: "the user", email: "user@example.com" });
	const colleague = await post("/users", { name: "the colleague", email: "colleague@example.com" });
	const tag = await post("/tags", { name: "the tag" });
	const source = await post("/lead-sources", { name: "the source" });
	const client = await post("/clients", { name: "the client", type: "company" });
	const deal = { title: "the deal", clientId: client.id, sourceId: source.id, ownerId: user.id };
	const assigned = { tagIds: [tag.id], assigneeIds: [user.id, colleague.id] };
	return { sender, post, other, user, colleague, client, deal: { ...deal, ...assigned } };
}

const bodiesIn = async (bucket: string) =>
	(await receivedRequests(bucket)).map(({ body }) => JSON.parse(body));

it("names stand beside the ids of the resources that a webhook expands, in data, changes and texts", async () => {
	const { sender, post, other, user, deal } = await world();
	const events = ["deal.*"];
	await sender.webhook("/status/200/expand-plain", { events });
	const expanded = await sender.webhook("/status/200/expand-all", { events, expand: ALL });
	await sender.webhook("/status/200/expand-some", { events, expand: ["tags"] });
	await sender.webhook("/status/200/expand-slack", {
		...{ events: ["deal.stageChanged"], expand: ["users", "pipelines"], format: "slack" },
		template: "{{data.ownerName}}: {{changes.stageName.from}} → {{data.stageName}} ({{data.tagNames}})",
	});
	// A filter is judged before, and sees no names.
	const filter = { "data.ownerName": ["the user"] };
	await sender.webhook("/status/200/expand-filter", { events, expand: ALL, filter });
	const { id } = await post("/deals", deal);
	await sender.drain();
	const moved = { pipelineId: other.id, ownerId: null, clientId: deal.clientId };
	await sender.api("PATCH", `/deals/${id}`, moved);
	await sender.drain();
	const plain = await bodiesIn("expand-plain");
	const names = {
		pipelineName: "the pipeline",
		stageName: "stage ACTIVE",
		clientName: "the client",
		leadName: null,
		sourceName: "the source",
		ownerName: "the user",
		assigneeNames: ["the user", "the colleague"],
		contactNames: [],
		tagNames: ["the tag"],
	};
	const byEvent = async (bucket: string) =>
		new Map((await bodiesIn(bucket)).map(({ event, webhookId, ...body }) => [event, body]));
	const all = await byEvent("expand-all");
	for (const { event, webhookId, ...body } of plain) {
		const { data, ...rest } = all.get(event);
		const later = { pipelineName: "another pipeline", ownerName: null };
		expect(data).toEqual({ ...body.data, ...names, ...(event === "deal.created" ? {} : later) });
		if (event !== "deal.updated") continue;
		expect(rest.changes).toEqual({
			...body.changes,
			pipelineName: { from: "the pipeline", to: "another pipeline" },
			stageName: { from: "stage ACTIVE", to: "stage ACTIVE" },
			ownerName: { from: "the user", to: null },
		});
	}
	expect(Object.keys(all.get("deal.created").data).join()).toContain("ownerId,ownerName");
	expect((await byEvent("expand-some")).get("deal.created").data).toEqual({
		...plain.find(({ event }) => event === "deal.created").data,
		tagNames: ["the tag"],
	});
	expect(await bodiesIn("expand-slack")).toEqual([{ text: ": stage ACTIVE → stage ACTIVE ()" }]);
	expect(await bodiesIn("expand-filter")).toEqual([]);
	// The log shows what is sent, but no name that the key may not see.
	const log = `/webhooks/${expanded.id}/deliveries`;
	const { body: listed } = await sender.api("GET", `${log}?event=deal.updated`);
	const path = `${log}/${listed.items[0].id}`;
	const { body: shown } = await sender.api("GET", path);
	expect(shown.payload).toMatchObject(all.get("deal.updated"));
	const scopes = ["webhooks:read", "deals:read", "pipelines:read"];
	const { key } = await createKey(sender.organizationId, { scopes });
	const { body: seen } = await sender.api("GET", path, undefined, { "x-api-key": key });
	expect(seen.payload).toMatchObject({
		data: { stageName: "stage ACTIVE", tagIds: deal.tagIds },
		changes: { pipelineName: { from: "the pipeline" }, ownerId: { from: user.id } },
	});
	expect(JSON.stringify(seen.payload)).not.toMatch(/tagNames|ownerName|clientName/);
});

it("each attempt has the names of its time, a deleted record its last, and is signed as it is sent", async () => {
	vi.useFakeTimers({ toFake: ["Date"] });
	const { sender, post, user, colleague, client, deal } = await world({ WEBHOOK_RETRY_DELAYS: "0,60" });
	const { id, secret } = await sender.webhook("/fail-then-ok/1/expand-retry", {
		...{ events: ["deal.created"], expand: ["users", "clients"] },
	});
	await post("/deals", deal);
	await sender.drain();
	await sender.api("PATCH", `/users/${user.id}`, { name: "the user, renamed" });
	await sender.api("PATCH", `/users/${colleague.id}`, { isActive: false });
	await dbOf(sender.organizationId)
		.prepare("UPDATE users SET deletedAt = ? WHERE id = ?")
		.bind(Date.now(), colleague.id)
		.run();
	await sender.api("POST", `/clients/${client.id}/erase`);
	vi.setSystemTime(Date.now() + 70_000);
	await sender.drain();
	await sender.sweep();
	await sender.drain();
	const requests = await receivedRequests("expand-retry");
	const [first, second] = requests.map(({ body }) => JSON.parse(body));
	expect(first.data).toMatchObject({ ownerName: "the user", clientName: "the client" });
	expect(second.data).toMatchObject({
		...{ ownerName: "the user, renamed", clientName: null },
		assigneeNames: ["the user, renamed", "the colleague"],
	});
	expect(second.webhookId).toBe(first.webhookId);
	const delivery = await sender.delivery(id);
	expect(delivery.payload).toEqual(second);
	for (const { body, headers, method } of requests) {
		const arrived = { url: "", method, headers, body, deliveryId: delivery.id, number: 1, status: null };
		expect(await signatureProblems(arrived, [secret], Date.now() - 80_000)).toEqual([]);
	}
});

it("names are those of the organization's own records, and cost no round trip once an isolate knows who wants some", async () => {
	const batches: number[] = [];
	const { sender, post } = await world({}, (bindings) => ({
		...bindings,
		...wrapDatabases((db) =>
			withMembers(db, {
				batch: (statements: D1PreparedStatement[]) => {
					batches.push(statements.length);
					return db.batch(statements);
				},
			}),
		),
	}));
	const stranger = await world();
	const trips = async (path: string, more: object) => {
		const { id } = await sender.webhook(path, { events: ["task.updated"], ...more });
		const task = await post("/tasks", { title: "Call" });
		await dbOf(sender.organizationId)
			.prepare("UPDATE tasks SET ownerId = ? WHERE id = ?")
			.bind(stranger.user.id, task.id)
			.run();
		const trips = [];
		for (const title of ["Call again", "And again"]) {
			await sender.api("PATCH", `/tasks/${task.id}`, { title });
			batches.length = 0;
			await sender.drain();
			trips.push(batches.length);
		}
		await sender.api("DELETE", `/webhooks/${id}`);
		return trips;
	};
	expect(await trips("/status/200/expand-cost", {})).toEqual([2, 2]);
	expect(await trips("/status/200/expand-own", { expand: ALL })).toEqual([3, 2]);
	const [{ data }] = await bodiesIn("expand-own");
	expect(data).toMatchObject({ ownerId: stranger.user.id, ownerName: null, entityName: null });
});

it("only ids in fields that have such are looked up, however many callers have typed elsewhere", async () => {
	const { sender, post, deal } = await world();
	await sender.webhook("/status/200/expand-typed", { events: ["deal.created"], expand: ALL });
	await sender.webhook("/status/200/expand-typed-beside", { events: ["deal.created"] });
	// As JSON each of these names is six times as long: all together they are no text for D1.
	const many = await post("/users", { name: "\u0001".repeat(255), email: "many@example.com" });
	await copyRow("users", many, 1_400);
	const { id } = await post("/deals", deal);
	await sender.db
		.prepare(
			"UPDATE event_log SET payload = json_set(payload, '$.data.cf_typed', (SELECT json_group_array(id) FROM users WHERE organizationId = ?)) WHERE entityId = ?",
		)
		.bind(sender.organizationId, id)
		.run();
	await sender.drain();
	expect(await bodiesIn("expand-typed-beside")).toHaveLength(1);
	const [{ data }] = await bodiesIn("expand-typed");
	expect(data).toMatchObject({ ownerName: "the user", tagNames: ["the tag"] });
	expect(data.cf_typed.length).toBeGreaterThan(1_400);
	expect(data).not.toHaveProperty("cf_typedName");
});

it("takes the scopes to read what is named, also to send it elsewhere", async () => {
	const sender = await Sender.start();
	const scopes = ["webhooks:read", "webhooks:write", "leads:read", "leads:write", "tags:read"];
	const { key } = await createKey(sender.organizationId, { scopes });
	const as = (method: string, path: string, body: object) =>
		sender.api(method, path, body, { "x-api-key": key });
	const hook = { url: "https://hooks.example.com/a", events: ["lead.created"] };
	const forbidden = { status: 403, body: { message: "This API key lacks the scope users:read." } };
	expect(await as("POST", "/webhooks", { ...hook, expand: ["tags", "users"] })).toMatchObject(forbidden);
	expect((await as("POST", "/webhooks", { ...hook, expand: ["products"] })).status).toBe(400);
	const { body: own } = await as("POST", "/webhooks", { ...hook, expand: ["tags"] });
	expect(own.expand).toEqual(["tags"]);
	expect(await as("PATCH", `/webhooks/${own.id}`, { expand: ["users"] })).toMatchObject(forbidden);
	const { body: wide } = await sender.api("POST", "/webhooks", { ...hook, expand: ["users"] });
	for (const change of [{ url: "https://hooks.example.com/b" }, { events: ["lead.*"] }, { expand: [] }])
		expect(await as("PATCH", `/webhooks/${wide.id}`, change)).toMatchObject(forbidden);
	expect((await as("PATCH", `/webhooks/${wide.id}`, { name: "Mine", expand: ["users"] })).status).toBe(200);
	const { body: test } = await sender.api("POST", `/webhooks/${wide.id}/test`, { event: "lead.created" });
	expect(test.payload.data, "the example has names, too").toMatchObject({ ownerName: "Ann Lee" });
	expect((await sender.delivery(wide.id)).payload).toEqual(test.payload);
});
