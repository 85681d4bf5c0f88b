// Targets of notifications: where they may lead, who may make them, and the form that each type gets.
import { describe, expect, it } from "vitest";
import { bodyOf, textOf } from "../../src/notifications/message.ts";
import { createCaller } from "../support/callers.ts";
import { Sender } from "../support/sender.ts";

describe("a target", () => {
	it("has a URL that is allowed, and is one of fifty", async () => {
		const sender = await Sender.start();
		const create = (body: object) =>
			sender.api("POST", "/notification-targets", { name: "A", type: "slack", ...body });
		for (const to of [
			"http://10.0.0.1/",
			"https://localhost/",
			"jane@example.com",
			"https://api.leadwire.test/",
		])
			expect(await create({ to })).toMatchObject({ status: 400, body: { errors: [{ path: "to" }] } });
		const { body } = await create({ to: "https://hooks.example.com/a" });
		const path = `/notification-targets/${body.id}`;
		expect((await sender.api("PATCH", path, { to: "https://10.0.0.1/" })).status).toBe(400);
		for (let index = 1; index < 50; index += 1)
			expect((await create({ to: "https://hooks.example.com/a" })).status).toBe(201);
		const over = await create({ to: "https://hooks.example.com/a" });
		expect(over).toMatchObject({
			status: 409,
			body: { message: expect.stringContaining("notificationTargets") },
		});
	});

	it("is made only by a key that may read what it is told", async () => {
		const api = await createCaller({ scopes: ["notification-targets:write", "webhooks:read"] });
		const body = { name: "A", type: "slack", to: "https://hooks.example.com/a" };
		const { body: made } = await api.post("/notification-targets", body);
		expect(made.events).toEqual(["webhook.failing", "webhook.disabled"]);
		const refused = await api.post("/notification-targets", { ...body, events: ["key.expiring"] });
		expect(refused).toMatchObject({
			status: 403,
			body: { message: expect.stringContaining("api-keys:read") },
		});
		const other = await createCaller({
			organizationId: api.organizationId,
			scopes: ["notification-targets:write"],
		});
		const path = `/notification-targets/${made.id}`;
		expect((await other.patch(path, { to: "https://hooks.example.com/b" })).status).toBe(403);
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
		expect(JSON.parse(bodyOf("webhook", notice)).timestamp).toBe("1970-01-01T00:00:00.000Z");
	});
});
