// Where an agent finds what the API can do: each of its operations has one place, by its method and path. Nothing is
// listed by hand, so an operation that is added can be called by agents the same day.
import type { Endpoint } from "../http/endpoint.ts";

/** What can be done with the records of a resource, besides finding them. */
export type Verb = "get" | "create" | "createMany" | "upsert" | "update" | "delete" | "restore";

export interface Resource {
	readonly name: string;
	/** How its ids begin; undefined where its records aren't got by an id. */
	readonly prefix: string | undefined;
	/** The lists it is found in: one of them all, or one for each kind of parent. */
	readonly lists: readonly Endpoint[];
	readonly verbs: Readonly<Partial<Record<Verb, Endpoint>>>;
}

/** Where an operation is: what is done with a resource, or an operation of its own, called by its operationId. */
export type Place =
	| { readonly in: "resources"; readonly name: string; readonly verb: Verb | "find" }
	| { readonly in: "reports" | "actions" | "sends" };

export interface Directory {
	readonly resources: ReadonlyMap<string, Resource>;
	/** What else can be read. */
	readonly reports: ReadonlyMap<string, Endpoint>;
	/** What else changes records. */
	readonly actions: ReadonlyMap<string, Endpoint>;
	/** What is done with webhooks and their deliveries: most of it makes requests to other people's servers. */
	readonly sends: ReadonlyMap<string, Endpoint>;
	/** The operation of a method and path, as the API's words name one. */
	readonly named: ReadonlyMap<string, Endpoint>;
}

/** A key that makes keys is for people: what an agent reads may talk it into making one. */
const NOT_FOR_AGENTS = /^\/api-keys(?:\/|$)/;

const FORMS: readonly (readonly [form: RegExp, verb: Verb])[] = [
	[/^get \/([\w-]+)\/\{\w+\}$/, "get"],
	[/^post \/([\w-]+)$/, "create"],
	[/^post \/([\w-]+)\/batch$/, "createMany"],
	[/^post \/([\w-]+)\/upsert$/, "upsert"],
	[/^patch \/([\w-]+)\/\{\w+\}$/, "update"],
	[/^delete \/([\w-]+)\/\{\w+\}$/, "delete"],
	[/^post \/([\w-]+)\/\{\w+\}\/restore$/, "restore"],
];

/** The place of an operation; null where agents have none of it. */
export function placeOf({ method, path, parameters }: Endpoint): Place | null {
	if (NOT_FOR_AGENTS.test(path)) return null;
	// The messages of a conversation and the deliveries of a webhook are lists, too.
	if (method === "get" && parameters.includes("cursor"))
		return { in: "resources", name: path.slice(path.lastIndexOf("/") + 1), verb: "find" };
	for (const [form, verb] of FORMS) {
		const [, name] = form.exec(`${method} ${path}`) ?? [];
		if (name) return { in: "resources", name, verb };
	}
	if (method === "get") return { in: "reports" };
	return { in: path.startsWith("/webhooks/") ? "sends" : "actions" };
}

/** A resource with one more of its operations. */
function joined(
	known: Resource | undefined,
	{ name, verb }: Extract<Place, { in: "resources" }>,
	endpoint: Endpoint,
): Resource {
	const { prefix, lists = [], verbs = {} } = known ?? {};
	if (verb === "find") return { name, prefix, lists: [...lists, endpoint], verbs };
	const own = verb === "get" ? endpoint.ids.id?.prefix : prefix;
	return { name, prefix: own, lists, verbs: { ...verbs, [verb]: endpoint } };
}

/** Finds each operation its place. */
export function directoryOf(endpoints: readonly Endpoint[]): Directory {
	const resources = new Map<string, Resource>();
	const others = { reports: new Map(), actions: new Map(), sends: new Map() } as const;
	for (const endpoint of endpoints) {
		const place = placeOf(endpoint);
		if (place === null) continue;
		if (place.in !== "resources") others[place.in].set(endpoint.operationId, endpoint);
		else resources.set(place.name, joined(resources.get(place.name), place, endpoint));
	}
	const named = new Map(
		endpoints.map((endpoint) => [`${endpoint.method.toUpperCase()} ${endpoint.path}`, endpoint]),
	);
	return { resources, ...others, named };
}

/** Which tool does what to a resource. */
const TOOLS: Readonly<Record<Verb | "find", string>> = {
	find: "find_records",
	get: "get_record",
	create: "create_record",
	createMany: "create_records",
	upsert: "upsert_record",
	update: "update_record",
	delete: "delete_record",
	restore: "restore_record",
};

/** How an agent calls an operation, in words; undefined where it can't. */
export function callOf(endpoint: Endpoint): string | undefined {
	const place = placeOf(endpoint);
	if (place?.in === "resources") {
		const { prefix } = (place.verb === "find" && endpoint.ids.id) || {};
		return `${TOOLS[place.verb]} (resource ${place.name}${prefix ? `, parentId ${prefix}_…` : ""})`;
	}
	if (place?.in === "reports") return `get_report (report ${endpoint.operationId})`;
	if (place?.in === "sends") return `webhook_action (action ${endpoint.operationId})`;
	return place ? `run_action (action ${endpoint.operationId})` : undefined;
}
