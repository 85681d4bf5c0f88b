// An agent mends a webhook: it finds the failing one, is told why, and has its deliveries sent again.
import { describe, expect, it } from "vitest";
import { workerWith } from "../support/bindings.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { type Agent, agentOf, messageOf } from "./client.ts";

const agentAt = (sender: Sender) => agentOf({ key: sender.key, target: workerWith(sender.env) });

/** A webhook whose receiver behaves as `path` says, and what came of one lead. */
async function sent(path: string, vars: Record<string, string> = {}) {
	const sender = await Sender.start(vars);
	const webhook = await sender.webhook(path);
	const { status, text } = await sender.api("POST", "/leads", { name: "Jane" });
	expect(status, text).toBe(201);
	await sender.drain();
	return { sender, webhook, agent: await agentAt(sender) };
}

async function theOnlyFailing(agent: Agent) {
	const shown = await agent.call("list_failing_webhooks");
	expect(shown.failing).toHaveLength(1);
	const [webhook] = shown.failing;
	expect(webhook.deliveries).toHaveLength(1);
	return { shown, webhook, ids: { webhookId: webhook.id, deliveryId: webhook.deliveries[0].id } };
}

describe("a delivery that is tried again", () => {
	it("is found, explained, and sent at once on demand", async () => {
		const { sender, webhook, agent } = await sent("/fail-then-ok/1/mcp-again");
		await sender.webhook("/status/200/mcp-healthy");
		const { shown, webhook: failing, ids } = await theOnlyFailing(agent);
		expect(shown.healthy).toBe(1);
		expect(messageOf(shown)).toBe("1 of 2 webhooks is failing.");
		expect(failing).toMatchObject({ id: webhook.id, status: "active", consecutiveFailures: 1 });
		expect(failing.deliveries[0]).toMatchObject({
			event: "lead.created",
			status: "pending",
			lastStatusCode: 503,
		});
		expect(JSON.stringify(shown)).not.toContain(webhook.secret);

		const explained = await agent.call("explain_delivery", ids);
		const { nextAttemptAt } = explained.delivery;
		expect(explained.explanation).toMatch(
			/^This lead\.created, made at .*, isn't delivered yet\. After 1 attempt/,
		);
		expect(explained.explanation).toContain("the receiver answered 503, and only 2xx is a success");
		expect(explained.explanation).toContain(`it is tried again at ${nextAttemptAt}`);
		expect(explained.advice[0]).toContain("X-Webhook-ID");
		expect(messageOf(explained)).toContain(explained.explanation);
		const [request] = await receivedRequests("mcp-again");
		expect(explained.delivery.body).toBe(request?.body);
		expect(explained.attempts).toEqual([
			expect.objectContaining({ number: 1, statusCode: 503, error: "http_status", responseBody: "" }),
		]);
		expect(explained.attempts[0].requestHeaders["X-Webhook-ID"]).toBe(ids.deliveryId);

		const again = {
			action: "redeliver",
			id: webhook.id,
			deliveryId: ids.deliveryId,
			idempotencyKey: "mcp-redeliver",
		};
		const accepted = await agent.call("webhook_action", again);
		expect(accepted).toMatchObject({ id: ids.deliveryId, event: "lead.created" });
		expect(await agent.call("webhook_action", again)).toEqual(accepted);
		await sender.drain();
		const requests = await receivedRequests("mcp-again");
		expect(requests.map(({ headers }) => headers["x-webhook-id"])).toEqual([ids.deliveryId, ids.deliveryId]);
		expect(requests[1]?.body).toBe(requests[0]?.body);
		const after = await agent.call("explain_delivery", ids);
		expect(after.explanation).toMatch(
			/was delivered on attempt 2: at .* the receiver answered 200 after \d+ ms\.$/,
		);
		expect(after.advice).toEqual([]);
		expect(await agent.call("list_failing_webhooks")).toEqual({ failing: [], healthy: 2 });
	});
});

describe("a delivery that was given up", () => {
	it("is recovered with all the others", async () => {
		const { sender, webhook, agent } = await sent("/fail-then-ok/1/mcp-recover", {
			WEBHOOK_RETRY_DELAYS: "0",
		});
		const { ids } = await theOnlyFailing(agent);
		const explained = await agent.call("explain_delivery", ids);
		expect(explained.explanation).toMatch(/failed after 1 attempt; .* It won't be tried again by itself\.$/);
		expect(explained.delivery).not.toHaveProperty("nextAttemptAt");
		expect(explained.advice.join(" ")).toMatch(
			/webhook_action redeliver sends this one now.*recoverDeliveries/,
		);

		const since = new Date(Date.now() - 60_000).toISOString();
		const recover = { action: "recoverDeliveries", id: webhook.id, fields: { since } };
		expect(await agent.call("webhook_action", recover)).toMatchObject({ recovered: 1 });
		await sender.drain();
		expect(await receivedRequests("mcp-recover")).toHaveLength(2);
		expect(await agent.call("webhook_action", recover)).toMatchObject({ recovered: 0 });
		expect((await agent.call("explain_delivery", ids)).delivery.status).toBe("success");
	});

	it("by a receiver that is gone says that the webhook is disabled, and how to enable it", async () => {
		const { webhook, agent } = await sent("/410/mcp-gone");
		const { webhook: failing, ids } = await theOnlyFailing(agent);
		expect(failing).toMatchObject({ status: "disabled", disabledReason: "The receiver answered 410 Gone." });
		const explained = await agent.call("explain_delivery", ids);
		expect(explained.explanation).toContain("The webhook is disabled: The receiver answered 410 Gone.");
		expect(explained.advice.join(" ")).toContain(`update_record ${webhook.id}`);
		const since = new Date(Date.now() - 60_000).toISOString();
		const recover = { action: "recoverDeliveries", id: webhook.id, fields: { since } };
		const error = await agent.fail("webhook_action", recover);
		expect(error).toMatchObject({ code: "CONFLICT", message: "The webhook is disabled; enable it first." });
		await agent.call("update_record", { id: webhook.id, fields: { status: "active" } });
		expect(await agent.call("webhook_action", recover)).toHaveProperty("recovered");
	});
});

describe("a delivery of another webhook", () => {
	it("is not found under this one", async () => {
		const { sender, agent } = await sent("/status/503/mcp-mine");
		const { ids } = await theOnlyFailing(agent);
		const other = await sender.webhook("/status/200/mcp-other");
		const { deliveryId } = ids;
		for (const error of [
			await agent.fail("explain_delivery", { deliveryId, webhookId: other.id }),
			await agent.fail("webhook_action", { action: "redeliver", id: other.id, deliveryId }),
		])
			expect(error).toMatchObject({ code: "NOT_FOUND", message: "There is no such delivery." });
	});
});
