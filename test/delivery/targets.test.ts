// Where a webhook may point is asked whenever it is said and whenever it is used; what is refused is in unit/target.test.ts.
import { describe, expect, it } from "vitest";
import { Sender } from "../support/sender.ts";
import { run } from "../support/shards.ts";

const REFUSED = [
	"http://hooks.example.com/",
	"https://127.0.0.1/",
	"https://2130706433/",
	"https://[::1]/",
	"https://user:pass@hooks.example.com/",
	"https://metadata.google.internal/",
	"https://hooks.example.com:22/",
	"https://api.leadwire.test/api/v1/leads",
];

const PUBLIC = "https://hooks.example.com/a";
const strict = { ALLOW_INSECURE_TARGETS: "false" };

describe("a target that is refused", () => {
	it.each(REFUSED)("%s is refused at create and at update, which changes nothing", async (url) => {
		const sender = await Sender.start(strict);
		const refusal = { status: 400, body: { errors: [{ path: "url" }] } };
		expect(await sender.api("POST", "/webhooks", { url, events: ["lead.created"] })).toMatchObject(refusal);
		const made = await sender.api("POST", "/webhooks", { url: PUBLIC, events: ["lead.created"] });
		expect(made.status).toBe(201);
		const path = `/webhooks/${made.body.id}`;
		expect(await sender.api("PATCH", path, { url, name: "Renamed" })).toMatchObject(refusal);
		expect((await sender.api("GET", path)).body).toMatchObject({ url: PUBLIC, name: null, version: 1 });
	});

	it("is not called by a first attempt, a test send or a redelivery, though it is stored", async () => {
		const sender = await Sender.start({ ...strict, WEBHOOK_RETRY_DELAYS: "0" });
		const { body } = await sender.api("POST", "/webhooks", { url: PUBLIC, events: ["lead.created"] });
		await run("UPDATE webhooks SET url = 'https://10.0.0.1/' WHERE id = ?", body.id);
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		const first = await sender.delivery(body.id);
		await sender.api("POST", `/webhooks/${body.id}/deliveries/${first.id}/redeliver`);
		await sender.drain();
		await sender.api("POST", `/webhooks/${body.id}/test`, { event: "lead.created" });
		await sender.drain();
		const log = await sender.api("GET", `/webhooks/${body.id}/deliveries`);
		expect(log.body.items).toHaveLength(2);
		for (const { id, test } of log.body.items) {
			const { attempts } = (await sender.api("GET", `/webhooks/${body.id}/deliveries/${id}`)).body;
			expect(attempts).toHaveLength(test ? 1 : 2);
			for (const attempt of attempts)
				expect(attempt).toMatchObject({ error: "blocked_target", statusCode: null });
		}
	});
});
