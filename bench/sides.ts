// What the yardsticks and our Worker are asked to do, so that each does the same.
import { chunks, leadNumber } from "./leads.ts";
import type { Load } from "./measure.ts";
import type { Sink } from "./sink.ts";
import { type Organization, startTarget, type Target } from "./target.ts";
import type { Kind } from "./workers.ts";

/** The bare Worker (one D1 call), the floor Worker (the least that does our job), and ours. */
export const SIDES = ["bare", "floor", "ours"] as const satisfies readonly Kind[];
/** A delivery is a create whose event is sent to one webhook; the bare Worker only creates. */
export const OPERATIONS = ["get", "list", "create", "delivery"] as const;
export type Operation = (typeof OPERATIONS)[number];

/** The most processor time that all our processes should take over those of the bare Worker, at ten connections. */
export const MOST_OVER_BARE = { get: 1.8, list: 1.9, create: 2.5, delivery: 4 } as const;
/** The same of our own isolate over the floor Worker's; null where nothing is wanted. */
export const MOST_OVER_FLOOR = { get: 1.5, list: 1.6, create: 2, delivery: null } as const;

const LEADS = 1_000;
/** More than all loads of a minute take, since a key allows 60 requests in it. */
const KEYS = 6_000;

/** A running Worker, and the load of each operation. */
export interface Side {
	readonly target: Target;
	readonly loads: Readonly<
		Record<Operation, Omit<Load, "connections" | "seconds"> & { organization: Organization }>
	>;
}

/** Starts a Worker with a thousand leads. */
export async function startSide(kind: (typeof SIDES)[number], sink: Sink, inspected = false): Promise<Side> {
	const target = await startTarget(kind, undefined, inspected);
	const reader = await target.organization(KEYS);
	const writer = await target.organization(KEYS);
	const subscriber = await target.organization(KEYS);
	const leads = Array.from({ length: LEADS }, (_, index) => leadNumber(index));
	const ids: string[] = [];
	for (const some of chunks(leads, 10)) {
		const made = some.map((lead) => reader.call<{ id: string }>("POST", "/leads", lead));
		for (const { body } of await Promise.all(made)) ids.push(body.id);
	}
	const sends = kind !== "bare";
	if (sends) await subscriber.call("POST", "/webhooks", { url: sink.url, events: ["lead.created"] });
	const create = { method: "POST", paths: ["/leads"], body: leadNumber(0) } as const;
	return {
		target,
		loads: {
			get: { organization: reader, method: "GET", paths: ids.map((id) => `/leads/${id}`) },
			list: { organization: reader, method: "GET", paths: ["/leads?limit=20"] },
			create: { organization: writer, ...create },
			delivery: { organization: subscriber, ...create, ...(sends ? { waitForWork: sink.waitForPosts } : {}) },
		},
	};
}
