// A sale from the first call to the money, and a webhook that failed meanwhile, by an agent that has nothing but its tools.
import { expect, inject, it } from "vitest";
import type { Json } from "../support/api.ts";
import { workerWith } from "../support/bindings.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { type Agent, agentOf } from "./client.ts";

/** The first of a list of few. */
async function first(agent: Agent, resource: string): Promise<Json> {
	const { items } = await agent.call("find_records", { resource });
	expect(items.length, resource).toBeGreaterThan(0);
	return items[0];
}

it("an agent turns a lead into a paid invoice, and repairs a webhook that failed meanwhile", async () => {
	const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
	const agent = await agentOf({ key: sender.key, target: workerWith(sender.env) });
	const create = (resource: string, fields: object, more: object = {}) =>
		agent.call("create_record", { resource, fields, ...more });

	// Its organization is new: a pipeline and the lead's stages come first.
	for (const resource of ["pipelines", "lead-stages", "leads", "invoices"])
		expect((await agent.call("describe_resource", { resource })).operations.length).toBeGreaterThan(3);
	const stages = ["ACTIVE", "WON", "LOST"].map((type) => ({ name: type.toLowerCase(), type }));
	await create("pipelines", { name: "Sales", stages });
	await create("lead-stages", { name: "New", type: "NEW" });
	await create("lead-stages", { name: "Converted", type: "CONVERTED" });
	const { id: webhookId } = await create("webhooks", {
		url: `${inject("receiver")}/fail-then-ok/1/mcp-story`,
		events: ["lead.created"],
	});

	// The company is not there yet, so it is made; then the person who called.
	const known = await agent.call("search_records", { search: "Acme" });
	expect(known.clients.items).toEqual([]);
	const client = await create(
		"clients",
		{ name: "Acme", type: "company" },
		{ idempotencyKey: "story-client" },
	);
	const lead = await create("leads", { name: "Jane Smith", email: "jane@example.com", company: "Acme" });
	const fields = { clientId: client.id, deal: { title: "Relaunch", price: 900 } };
	const stale = { action: "convertLead", id: lead.id, fields, ifVersion: lead.version + 1 };
	expect(await agent.fail("run_action", stale)).toMatchObject({ code: "PRECONDITION_FAILED" });
	const conversion = await agent.call("run_action", { ...stale, ifVersion: lead.version });
	expect(conversion).toMatchObject({
		lead: { convertedClientId: client.id },
		client: { id: client.id },
		deal: { title: "Relaunch", price: 900 },
	});
	expect(Object.values(conversion.deal)).not.toContain(null);

	// The deal grows, is offered, and is won.
	const { id } = conversion.deal;
	await agent.call("update_record", { id, fields: { price: 1_200 }, ifVersion: conversion.deal.version });
	const priced = { clientId: client.id, dealId: id, date: "2026-11-28" };
	const lineItems = [{ name: "Relaunch", quantity: 1, price: 1_200 }];
	const quotation = await create("quotations", { ...priced, lineItems });
	const accepted = await agent.call("update_record", { id: quotation.id, fields: { status: "ACCEPTED" } });
	expect(accepted).toHaveProperty("acceptedAt");
	const won = await agent.call("update_record", { id, fields: { stageId: "won" } });
	expect(won).toMatchObject({ status: "WON", price: 1_200 });
	const totals = await agent.call("get_report", { report: "getDealTotals" });
	expect(JSON.stringify(totals)).toContain("1200");

	// It is billed and paid; a bill that was wrong is voided.
	const bill = { ...priced, lineItems, dueDate: "2026-12-31", quotationId: quotation.id };
	const invoice = await create("invoices", bill);
	const half = {
		action: "payInvoice",
		id: invoice.id,
		fields: { amount: 600 },
		idempotencyKey: "story-paid",
	};
	expect(await agent.call("run_action", half)).toMatchObject({ status: "PARTIALLY_PAID", dueTotal: 600 });
	expect(await agent.call("run_action", half)).toMatchObject({ dueTotal: 600 });
	const rest = { ...half, idempotencyKey: "story-paid-2" };
	expect(await agent.call("run_action", rest)).toMatchObject({ status: "PAID", dueTotal: 0 });
	const { id: wrong, version } = await create("invoices", bill);
	const voided = await agent.call("run_action", { action: "voidInvoice", id: wrong, ifVersion: version });
	expect(voided.status).toBe("VOID");

	// Who does what next.
	const task = await create("tasks", { title: "Say thank you", entity: "deals", entityId: id });
	const done = await agent.call("update_record", { id: task.id, fields: { status: "COMPLETED" } });
	expect(done.completedAt).toBe(done.updatedAt);

	// Another system missed the lead: it is told why, and gets it again.
	await sender.drain();
	const { failing } = await agent.call("list_failing_webhooks");
	expect(failing).toMatchObject([
		{ id: webhookId, deliveries: [{ event: "lead.created", status: "failed" }] },
	]);
	const deliveryId = failing[0].deliveries[0].id;
	const [event] = (
		await agent.call("find_records", { resource: "events", filters: { type: "lead.created" } })
	).items;
	const ofEvent = await agent.call("find_records", { resource: "deliveries", parentId: event.id });
	expect(ofEvent.items).toMatchObject([{ id: deliveryId }]);
	const explained = await agent.call("explain_delivery", { webhookId, deliveryId });
	expect(explained.advice.join(" ")).toContain("webhook_action recoverDeliveries");
	const since = new Date(Date.now() - 60_000).toISOString();
	const recover = { action: "recoverDeliveries", id: webhookId, fields: { since } };
	expect(await agent.call("webhook_action", recover)).toMatchObject({ recovered: 1 });
	await sender.drain();
	expect(await receivedRequests("mcp-story")).toHaveLength(2);
	expect((await first(agent, "webhooks")).consecutiveFailures).toBe(0);
});
