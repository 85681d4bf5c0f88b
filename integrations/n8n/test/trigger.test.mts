import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { api, context, credentials, isSigned, LeadwireTrigger, type Row } from "./support.mts";

interface Delivery {
	readonly headers: IncomingHttpHeaders;
	readonly rawBody: Buffer;
}

interface Result {
	readonly workflowData?: { readonly json: { readonly event: string; readonly data: Row } }[][];
	readonly noWebhookResponse?: boolean;
}

const node = new LeadwireTrigger();
const { checkExists, create, delete: remove } = node.webhookMethods.default;
let given: Awaited<ReturnType<typeof credentials>>;
let server: Server;
let url: string;
const deliveries: Delivery[] = [];

before(async () => {
	given = await credentials();
	server = createServer(async (request, response) => {
		deliveries.push({ headers: request.headers, rawBody: await buffer(request) });
		response.end("ok");
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	url = `http://localhost:${(server.address() as AddressInfo).port}/webhook`;
});
after(() => {
	server.closeAllConnections();
	server.close();
});

async function nextDelivery(): Promise<Delivery> {
	for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((wake) => setTimeout(wake, 50))) {
		const next = deliveries.shift();
		if (next) return next;
	}
	throw new Error("nothing was delivered");
}

/** A workflow with this trigger: its static data outlives the calls. */
function workflow(parameters: object) {
	const remembered: { webhookId?: string; secret?: string } = {};
	const hooks = context(
		given,
		{ options: {}, ...parameters },
		{
			getNodeWebhookUrl: () => url,
			getWorkflowStaticData: () => remembered,
		},
	);
	return { hooks, remembered };
}

/** What the node makes of a request, and the status that it answers itself. */
async function take(
	remembered: object,
	{ headers, rawBody }: Delivery,
): Promise<Result & { status?: number }> {
	let status: number | undefined;
	const response = {
		status: (code: number) => {
			status = code;
			return response;
		},
		send: () => response,
		end: () => response,
	};
	const result: Result = await node.webhook.call({
		...context(given, {}),
		getWorkflowStaticData: () => remembered,
		getRequestObject: () => ({ rawBody }),
		getHeaderData: () => headers,
		getBodyData: () => JSON.parse(String(rawBody)),
		getResponseObject: () => response,
	});
	return { ...result, ...(status ? { status } : {}) };
}

test("its webhook is made and deleted with it, and a signed event starts the workflow", async () => {
	const { hooks, remembered } = workflow({ events: ["lead.created"] });
	assert.equal(await checkExists.call(hooks), false);
	assert.equal(await create.call(hooks), true);
	assert.equal(await checkExists.call(hooks), true);
	const lead = await api("POST", "leads", { name: "Jane" });
	const delivery = await nextDelivery();
	const { workflowData } = await take(remembered, delivery);
	assert.equal(workflowData?.[0]?.[0]?.json.event, "lead.created");
	assert.equal(workflowData?.[0]?.[0]?.json.data.id, lead.id);

	const changed = Buffer.from(String(delivery.rawBody).replace("Jane", "Joan"));
	const refused = { noWebhookResponse: true, status: 401 };
	assert.deepEqual(await take(remembered, { ...delivery, rawBody: changed }), refused);
	assert.deepEqual(await take(remembered, { ...delivery, headers: {} }), refused);
	assert.deepEqual(await take({}, delivery), refused);

	const { webhookId } = remembered;
	assert.equal(await remove.call(hooks), true);
	await assert.rejects(api("GET", `webhooks/${webhookId}`), /404/);
	assert.deepEqual(remembered, {});
	// Once more, as after somebody has deleted it in the dashboard.
	Object.assign(remembered, { webhookId });
	assert.equal(await remove.call(hooks), true);
});

test("signatures count for five minutes, and those of a rotated secret too", async () => {
	const { hooks, remembered } = workflow({ events: ["lead.created"] });
	await create.call(hooks);
	await api("POST", `webhooks/${remembered.webhookId}/rotate-secret`, {});
	await api("POST", "leads", { name: "Jane" });
	const { headers, rawBody } = await nextDelivery();
	assert.equal(String(headers["webhook-signature"]).split(" ").length, 2);
	const sent = Number(headers["webhook-timestamp"]) * 1_000;
	const at = (seconds: number) => isSigned(remembered.secret, headers, rawBody, sent + seconds * 1_000);
	assert.deepEqual([-301, -299, 0, 299, 301].map(at), [false, true, true, true, false]);
	await remove.call(hooks);
});

test("a webhook that is not what the workflow asks for is replaced", async () => {
	const { hooks, remembered } = workflow({ events: ["deal.stageChanged"], options: { filter: "" } });
	await create.call(hooks);
	const { webhookId } = remembered;
	await api("PATCH", `webhooks/${webhookId}`, { events: ["lead.created"] });
	assert.equal(await checkExists.call(hooks), false);
	await assert.rejects(api("GET", `webhooks/${webhookId}`), /404/);
	await create.call(hooks);
	await api("PATCH", `webhooks/${remembered.webhookId}`, { status: "disabled" });
	assert.equal(await checkExists.call(hooks), false);
});

test("a filter is the webhook's, and one that is not JSON is refused before anything is made", async () => {
	const filter = { "data.status": ["WON"] };
	const { hooks, remembered } = workflow({ events: ["deal.*"], options: { filter: JSON.stringify(filter) } });
	await create.call(hooks);
	assert.deepEqual((await api("GET", `webhooks/${remembered.webhookId}`)).filter, filter);
	assert.equal(await checkExists.call(hooks), true);
	await remove.call(hooks);
	const broken = workflow({ events: ["deal.*"], options: { filter: "{" } });
	await assert.rejects(create.call(broken.hooks), /The filter is not JSON/);
	assert.deepEqual(broken.remembered, {});
	assert.deepEqual(deliveries, []);
});

test("chosen names are beside the ids of what starts the workflow", async () => {
	const { hooks, remembered } = workflow({ events: ["lead.created"], options: { expand: ["lead-stages"] } });
	await create.call(hooks);
	assert.equal(await checkExists.call(hooks), true);
	await api("POST", "leads", { name: "Jane" });
	const { workflowData } = await take(remembered, await nextDelivery());
	const lead = workflowData?.[0]?.[0]?.json.data;
	assert(lead);
	assert.equal(lead.stageName, (await api("GET", `lead-stages/${lead.stageId}`)).name);
	await remove.call(hooks);
});
