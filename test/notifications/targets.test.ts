// Targets of notifications: where they may lead, who may make them, and the form that each type gets.
import { describe, expect, it } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { bodyOf, textOf } from "../../src/notifications/message.ts";
import { createCaller } from "../support/callers.ts";
import { Sender } from "../support/sender.ts";

describe("a target", () => {
	it("has a URL that is allowed, and is one of fifty", async () => {
		const sender = await Sender.start();
		const create = (body: object) =>
			sender.api("POST", "/notification-targets", { name: "A", type: "slack", ...body });
		for (const url of [
			"http://10.0.0.1/",
			"https://localhost/",
			"jane@example.com",
			"https://api.leadwire.test/",
		])
			expect(await create({ url })).toMatchObject({ status: 400, body: { errors: [{ path: "url" }] } });
		const { body } = await create({ url: "https://hooks.example.com/a" });
		const path = `/notification-targets/${body.id}`;
		expect((await sender.api("PATCH", path, { url: "https://10.0.0.1/" })).status).toBe(400);
		for (let index = 1; index < 50; index += 1)
			expect((await create({ url: "https://hooks.example.com/a" })).status).toBe(201);
		const over = await create({ url: "https://hooks.example.com/a" });
		expect(over).toMatchObject({
			status: 409,
			body: { message: expect.stringContaining("notificationTargets") },
		});
	});

	it("has either a URL or an address, as its type says", async () => {
		const EMAIL = {} as NonNullable<Bindings["EMAIL"]>;
		const sender = await Sender.start({ EMAIL, NOTIFICATION_SENDER: "alerts@example.com" });
		const [url, address] = ["https://hooks.example.com/a", "ops@example.com"];
		const create = (body: object) => sender.api("POST", "/notification-targets", { name: "A", ...body });
		const refused = (path: string) => ({ status: 400, body: { errors: [{ path }] } });
		for (const type of ["slack", "discord", "teams", "webhook"]) {
			expect(await create({ type, url, address })).toMatchObject(refused("address"));
			expect(await create({ type })).toMatchObject(refused("url"));
			expect((await create({ type, url, address: null })).body).toMatchObject({ url, address: null });
		}
		expect(await create({ type: "email", address, url })).toMatchObject(refused("url"));
		expect(await create({ type: "email" })).toMatchObject(refused("address"));
		const { body: made } = await create({ type: "email", address });
		expect(made).toMatchObject({ url: null, address });
		const path = `/notification-targets/${made.id}`;
		const change = (body: object) => sender.api("PATCH", path, body);
		expect(await change({ url })).toMatchObject(refused("url"));
		expect(await change({ address: null })).toMatchObject(refused("address"));
		expect(await change({ type: "slack" })).toMatchObject(refused("url"));
		expect((await change({ type: "slack", url })).body).toMatchObject({ url, address: null });
		expect(await change({ type: "email" })).toMatchObject(refused("address"));
		expect(await change({ address })).toMatchObject(refused("address"));
		expect((await change({ type: "discord" })).body).toMatchObject({ url, address: null });
		expect((await change({ type: "email", address })).body).toMatchObject({ url: null, address });
		const { body: read } = await sender.api("GET", "/notification-targets");
		expect(read.items[0]).toMatchObject({ id: made.id, type: "email", url: null, address });
	});

	it("is made only by a key that may read what it is told", async () => {
		const api = await createCaller({ scopes: ["notifications:write", "webhooks:read"] });
		const body = { name: "A", type: "slack", url: "https://hooks.example.com/a" };
		const { body: made } = await api.post("/notification-targets", body);
		expect(made.events).toEqual(["webhook.failing", "webhook.disabled"]);
		const refused = await api.post("/notification-targets", { ...body, events: ["key.expiring"] });
		expect(refused).toMatchObject({
			status: 403,
			body: { message: expect.stringContaining("api-keys:read") },
		});
		const other = await createCaller({
			organizationId: api.organizationId,
			scopes: ["notifications:write"],
		});
		const path = `/notification-targets/${made.id}`;
		expect((await other.patch(path, { url: "https://hooks.example.com/b" })).status).toBe(403);
		expect((await other.patch(path, { name: "B" })).status).toBe(200);
		expect((await other.post("/notification-targets", body)).status).toBe(403);
	});
});

describe("a notification", () => {
	it("has the form of each type, in which names are no markup", () => {
		const notice = {
			event: "key.expiring",
			organizationId: "org_1",
			at: 0,
			subject: { id: "key_1", name: "<!everyone> & @here", at: Date.parse("2026-01-31T12:00:00Z") },
		} as const;
		const text = textOf(notice);
		expect(text).toContain("expires on 2026-01-31 12:00 UTC");
		expect(bodyOf("slack", notice)).toContain("&lt;!everyone&gt; &amp; @here");
		expect(JSON.parse(bodyOf("discord", notice))).toEqual({ content: text, allowed_mentions: { parse: [] } });
		expect(JSON.parse(bodyOf("teams", notice)).attachments[0].content.body[0].text).toBe(text);
		expect(JSON.parse(bodyOf("webhook", notice))).toMatchObject({
			timestamp: "1970-01-01T00:00:00.000Z",
			subject: { ...notice.subject, at: "2026-01-31T12:00:00.000Z" },
		});
	});

	it("of a quota has no time but its own", () => {
		const subject = { id: "webhooks", used: 4, limit: 5 };
		const notice = { event: "quota.nearing", organizationId: "org_1", at: 0, subject } as const;
		expect(JSON.parse(bodyOf("webhook", notice)).subject).toEqual(subject);
	});
});
