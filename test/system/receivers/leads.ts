// The receiver that the lead webhook's documentation shows: it takes `data` and says so. It knows of no signature.
import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";

/** The leads it took. */
export const leads: unknown[] = [];

/** Its one route. */
export async function saveLead(req: IncomingMessage, res: ServerResponse): Promise<void> {
	const { data } = (await json(req)) as { data: unknown };
	leads.push(data);
	res.writeHead(200).end("Webhook received");
}
