// A program that uses the package, only type-checked: correct calls must compile, and wrong ones must not.
import {
	createClient,
	LeadwireError,
	paginate,
	type Schemas,
	verifyWebhook,
	type WebhookEventType,
} from "leadwire";

const client = createClient({ apiKey: "lw_test_key" });
const path = { id: "ld_1" };

export async function validCalls(): Promise<void> {
	const { data } = await client.GET("/leads", { params: { query: { limit: 5, orderBy: "name" } } });
	const first: Schemas["Lead"] | undefined = data.items[0];
	const { data: made, response } = await client.POST("/leads", { body: { name: "Jane", cf_size: 10 } });
	const texts: string[] = [made.id, made.name, String(first?.score), response.headers.get("etag") ?? ""];
	await client.DELETE("/leads/{id}", { params: { path }, signal: AbortSignal.timeout(1_000) });
	for await (const lead of paginate(client, "/leads", { query: { search: "jane" } })) texts.push(lead.id);
	for await (const { text } of paginate(client, "/conversations/{id}/messages", { path })) texts.push(text);
	for await (const { changes } of client.sync("deals", { cursor: "…" }))
		for (const change of changes) texts.push(change.type === "upsert" ? change.record.title : change.id);
	const event = await verifyWebhook("{}", new Headers(), ["a", "b"]);
	const type: WebhookEventType = event.type;
	texts.push(type);
	if (event.type === "lead.created") texts.push(event.payload.data.email ?? "");
	if (event.type === "save_lead") texts.push(event.payload.data.first_name ?? "");
	if (event.type === "call.completed") texts.push(event.payload.conversationId);
	throw new LeadwireError({ status: 0, code: "NO_ANSWER", message: texts.join() });
}

export async function invalidCalls(): Promise<void> {
	// @ts-expect-error a misspelt field
	await client.POST("/leads", { body: { naem: "Jane" } });
	// @ts-expect-error another type
	await client.POST("/leads", { body: { name: 1 } });
	// @ts-expect-error no body
	await client.POST("/leads");
	// @ts-expect-error no such path
	await client.GET("/lead");
	// @ts-expect-error no such method there
	await client.PATCH("/leads", {});
	// @ts-expect-error no such filter
	await client.GET("/leads", { params: { query: { colour: "red" } } });
	// @ts-expect-error no id
	await client.GET("/leads/{id}");
	// @ts-expect-error no list
	paginate(client, "/organization");
	// @ts-expect-error no such filter
	paginate(client, "/leads", { query: { colour: "red" } });
	// @ts-expect-error the cursor is set by paginate itself
	paginate(client, "/leads", { query: { cursor: "x" } });
	// @ts-expect-error no id
	paginate(client, "/conversations/{id}/messages");
	// @ts-expect-error no key
	createClient({});
}
