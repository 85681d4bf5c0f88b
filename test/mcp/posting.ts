// Requests to /mcp without a client.
import { type Api, ORIGIN, read } from "../support/api.ts";

export const PING = { jsonrpc: "2.0", id: 1, method: "ping" };

/** One POST to /mcp, as a client of 2025 would send it. */
export async function post(
	api: Pick<Api, "key" | "target">,
	body: unknown,
	headers: Record<string, string> = {},
) {
	const request = new Request(`${ORIGIN}/mcp`, {
		method: "POST",
		headers: {
			"x-api-key": api.key,
			"content-type": "application/json",
			accept: "application/json, text/event-stream",
			...headers,
		},
		body: typeof body === "string" ? body : JSON.stringify(body),
	});
	return read(await api.target(request));
}
