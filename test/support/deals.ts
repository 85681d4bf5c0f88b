// Helpers for tests of deals: a client, a pipeline, a deal.
import type { Api, Json } from "./api.ts";

/** Creates a row at a path and returns the answer's body. */
export async function create(api: Api, path: string, body: object): Promise<Json> {
	const reply = await api.post(path, body);
	if (reply.status !== 201) throw new Error(`POST ${path}: ${reply.status} ${reply.text}`);
	return reply.body;
}

export const STAGES = [
	{ name: "New", type: "ACTIVE", probability: 20 },
	{ name: "Talks", type: "ACTIVE", probability: 60 },
	{ name: "Won", type: "WON" },
	{ name: "Lost", type: "LOST" },
];

/** Creates a pipeline; returns it and the ids of its stages in the order of `STAGES`. */
export async function createPipeline(api: Api, more: object = {}) {
	const pipeline = await create(api, "/pipelines", { name: "Sales", stages: STAGES, ...more });
	const [fresh, talks, won, lost]: string[] = pipeline.stages.map(({ id }: { id: string }) => id);
	return { pipeline, fresh, talks, won, lost };
}

export const createClient = (api: Api, more: object = {}) =>
	create(api, "/clients", { name: "Acme", ...more });

/** Creates a deal with a new client. */
export async function createDeal(api: Api, more: object = {}): Promise<Json> {
	const client = await createClient(api);
	return create(api, "/deals", { title: "Relaunch", clientId: client.id, ...more });
}
