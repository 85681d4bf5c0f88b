// Shared by the tests of copies: rows to copy, what the API shows in the end, and a server in front of the real one.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type LeadwireClient, paginate } from "leadwire";

/** Creates up to 100 leads; returns their ids. */
export async function seedLeads(client: LeadwireClient, count: number): Promise<string[]> {
	const items = Array.from({ length: count }, (_, index) => ({ name: `Lead ${index}` }));
	const { data } = await client.POST("/leads/batch", { body: { items } });
	return data.results.flatMap((result) => ("id" in result ? [result.id] : []));
}

/** All leads as the API shows them, in the order of their ids. */
export async function allLeads(client: LeadwireClient): Promise<object[]> {
	const leads: object[] = [];
	for await (const lead of paginate(client, "/leads", { query: { limit: 100, orderDir: "asc" } }))
		leads.push(lead);
	return leads;
}

export const idParameter = (id: string) => ({ params: { path: { id } } });

/**
 * Starts a server that passes GET requests on to another one.
 * @param change gets each path before it is passed on, and then the answer, which it may replace
 */
export async function startFront(
	url: string,
	{
		before = async () => {},
		change = (_, reply) => reply,
	}: {
		before?: (path: string) => Promise<void>;
		change?: (path: string, reply: { status: number; body: string }) => { status: number; body: string };
	},
) {
	const front = createServer(async (request, response) => {
		const path = request.url ?? "";
		await before(path);
		const headers = { "x-api-key": String(request.headers["x-api-key"]) };
		const reply = await fetch(new URL(path, url), { headers });
		const { status, body } = change(path, { status: reply.status, body: await reply.text() });
		response.writeHead(status, { "content-type": "application/json" }).end(body);
	});
	await once(front.listen(0, "127.0.0.1"), "listening");
	return {
		url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
		close: () => {
			front.closeAllConnections();
			front.close();
		},
	};
}
