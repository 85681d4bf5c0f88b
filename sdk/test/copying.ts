// Shared by the tests of copies: rows to copy, what the API shows in the end, and a server in front of the real one.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
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

interface Reply {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/**
 * Starts a server that passes requests on to another one.
 * @param before gets each path before the request is passed on
 * @param change gets each path with its answer, which it may replace; with the status 0 the connection is closed instead
 */
export async function startFront(
	url: string,
	{
		before = async () => {},
		change = (_, reply) => reply,
	}: {
		before?: (path: string) => Promise<void>;
		change?: (path: string, reply: Reply) => Reply | Promise<Reply>;
	},
) {
	const front = createServer(async (request, response) => {
		const { url: path = "", method = "GET" } = request;
		await before(path);
		const sent = ["x-api-key", "content-type", "idempotency-key"].flatMap((name) => {
			const value = request.headers[name];
			return typeof value === "string" ? [[name, value] as const] : [];
		});
		const body = method === "GET" ? null : await text(request);
		const answer = await fetch(new URL(path, url), { method, headers: Object.fromEntries(sent), body });
		const { "content-encoding": _, "content-length": __, ...headers } = Object.fromEntries(answer.headers);
		const reply = await change(path, { status: answer.status, headers, body: await answer.text() });
		if (reply.status === 0) response.destroy();
		else response.writeHead(reply.status, reply.headers).end(reply.body);
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
