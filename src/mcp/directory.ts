// The directory of all operations for agents. The place of an operation follows from its method and path, so agents can
// call a new operation without any entry here.
import type { Endpoint } from "../http/endpoint.ts";

/** Operations on the records of a resource, other than finding them. */
export type Verb = "get" | "create" | "changeMany" | "upsert" | "update" | "delete" | "restore";

export interface Resource {
	readonly name: string;
	/** The prefix of its ids; undefined if its records can't be read by id. */
	readonly prefix: string | undefined;
	/** Its lists: one of all records, or one for each type of parent. */
	readonly lists: readonly Endpoint[];
	readonly verbs: Readonly<Partial<Record<Verb, Endpoint>>>;
}

/** The place of an operation: a verb of a resource, or a separate operation that is called by its operationId. */
export type Place =
	| { readonly in: "resources"; readonly name: string; readonly verb: Verb | "find" }
	| { readonly in: "reports" | "actions" | "sends" };

export interface Directory {
	readonly resources: ReadonlyMap<string, Resource>;
	/** Other operations that read. */
	readonly reports: ReadonlyMap<string, Endpoint>;
	/** Other operations that change records. */
	readonly actions: ReadonlyMap<string, Endpoint>;
	/** Operations on webhooks and deliveries, most of which send requests to other servers. */
	readonly sends: ReadonlyMap<string, Endpoint>;
	/** All operations by method and path, such as `POST /leads`. */
	readonly named: ReadonlyMap<string, Endpoint>;
}

/** API keys are not for agents: a text that an agent reads could make it create one. */
const NOT_FOR_AGENTS = /^\/api-keys(?:\/|$)/;

const FORMS: readonly (readonly [form: RegExp, verb: Verb])[] = [
	[/^get \/([\w-]+)\/\{\w+\}$/, "get"],
	[/^post \/([\w-]+)$/, "create"],
	[/^post \/([\w-]+)\/batch$/, "changeMany"],
	[/^post \/([\w-]+)\/upsert$/, "upsert"],
	[/^patch \/([\w-]+)\/\{\w+\}$/, "update"],
	[/^delete \/([\w-]+)\/\{\w+\}$/, "delete"],
	[/^post \/([\w-]+)\/\{\w+\}\/restore$/, "restore"],
];

/** The place of an operation; null if it is not for agents. */
export function placeOf({ method, path, parameters }: Endpoint): Place | null {
	if (NOT_FOR_AGENTS.test(path)) return null;
	// The messages of a conversation and the deliveries of a webhook are lists, too.
	if (method === "get" && parameters().includes("cursor"))
		return { in: "resources", name: path.slice(path.lastIndexOf("/") + 1), verb: "find" };
	for (const [form, verb] of FORMS) {
		const [, name] = form.exec(`${method} ${path}`) ?? [];
		if (name) return { in: "resources", name, verb };
	}
	if (method === "get") return { in: "reports" };
	return { in: path.startsWith("/webhooks/") ? "sends" : "actions" };
}

function withOperation(
	known: Resource | undefined,
	{ name, verb }: Extract<Place, { in: "resources" }>,
	endpoint: Endpoint,
): Resource {
	const { prefix, lists = [], verbs = {} } = known ?? {};
	if (verb === "find") return { name, prefix, lists: [...lists, endpoint], verbs };
	const own = verb === "get" ? endpoint.ids.id?.prefix : prefix;
	return { name, prefix: own, lists, verbs: { ...verbs, [verb]: endpoint } };
}

/** The directory of these operations. */
export function directoryOf(endpoints: readonly Endpoint[]): Directory {
	const resources = new Map<string, Resource>();
	const others = { reports: new Map(), actions: new Map(), sends: new Map() } as const;
	for (const endpoint of endpoints) {
		const place = placeOf(endpoint);
		if (place === null) continue;
		if (place.in !== "resources") others[place.in].set(endpoint.operationId, endpoint);
		else resources.set(place.name, withOperation(resources.get(place.name), place, endpoint));
	}
	const named = new Map(
		endpoints.map((endpoint) => [`${endpoint.method.toUpperCase()} ${endpoint.path}`, endpoint]),
	);
	return { resources, ...others, named };
}

/** The tool for each verb. */
const TOOLS: Readonly<Record<Verb | "find", string>> = {
	find: "find_records",
	get: "get_record",
	create: "create_record",
	changeMany: "change_records",
	upsert: "upsert_record",
	update: "update_record",
	delete: "delete_record",
	restore: "restore_record",
};

/** How an agent calls an operation, as text; undefined if it can't. */
export function toolCallFor(endpoint: Endpoint): string | undefined {
	const place = placeOf(endpoint);
	if (place?.in === "resources") {
		const { prefix } = (place.verb === "find" && endpoint.ids.id) || {};
		return `${TOOLS[place.verb]} (resource ${place.name}${prefix ? `, parentId ${prefix}_…` : ""})`;
	}
	if (place?.in === "reports") return `get_report (report ${endpoint.operationId})`;
	if (place?.in === "sends") return `webhook_action (action ${endpoint.operationId})`;
	return place ? `run_action (action ${endpoint.operationId})` : undefined;
}
