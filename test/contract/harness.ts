// Helpers of the contract tests: create a row of any resource in resources.ts, with the rows that it refers to.
import { env } from "cloudflare:workers";
import { endpoints } from "../../src/app.ts";
import type { App } from "../../src/http/endpoint.ts";
import type { Api, Json, Reply } from "../support/api.ts";
import { withMembers, workerWith } from "../support/bindings.ts";
import { wrapDatabases } from "../support/shards.ts";
import type { Resource, Target } from "./resource.ts";
import { bodies, readOnlyPaths, resources } from "./resources.ts";

export interface Operation {
	readonly operationId: string;
	readonly method: string;
	/** The mounted path, with parameters in braces. */
	readonly path: string;
	readonly scope: string;
	/** Further scopes that every request needs. */
	readonly extraScopes: readonly string[];
	/** The path of its resource. */
	readonly resource: string;
	/** A valid id of no row for each parameter. */
	readonly examples: Readonly<Record<string, string>>;
	/** Whether it has a request body. */
	readonly takesBody: boolean;
}

/** The resources whose scopes don't begin with their path. */
const SCOPE_NOUNS: Readonly<Record<string, string>> = { "notification-targets": "notifications" };

/** What the scopes of the resource at a path begin with. */
export const scopeNounOf = (path: string) => SCOPE_NOUNS[path] ?? path;

function resourceOf(scope: string): string {
	const noun = scope.slice(0, scope.indexOf(":"));
	return Object.keys(SCOPE_NOUNS).find((path) => SCOPE_NOUNS[path] === noun) ?? noun;
}

/** All operations of the API, as mounted and documented. */
export const operations: readonly Operation[] = endpoints.map(
	({ scope, extraScopes, operationId, mount }) => {
		const seen: {
			method: string;
			path: string;
			parameters?: { name: string; in: string; example: string }[];
			request?: { body?: object };
		}[] = [];
		const app = {
			on() {},
			openAPIRegistry: { register() {}, registerPath: (route: (typeof seen)[number]) => seen.push(route) },
		};
		mount(app as unknown as App);
		const [{ method, path, parameters = [], request = {} } = { method: "", path: "" }] = seen;
		const ids = parameters.filter((parameter) => parameter.in === "path");
		return {
			operationId,
			scope,
			extraScopes,
			path,
			method: method.toUpperCase(),
			resource: resourceOf(scope),
			examples: Object.fromEntries(ids.map(({ name: parameter, example }) => [parameter, example])),
			takesBody: request.body !== undefined,
		};
	},
);

/** Ids by the parameters of a path. */
export type Ids = Readonly<Record<string, string>>;

/** An operation's path with `ids` as parameters, or else ids of no row. */
export function pathOf({ path, examples }: Operation, ids: Ids = {}): string {
	return path.replaceAll(/\{(\w+)\}/g, (_, parameter) => ids[parameter] ?? examples[parameter] ?? "");
}

const VERBS = {
	list: ["GET", ""],
	create: ["POST", ""],
	get: ["GET", "/{id}"],
	update: ["PATCH", "/{id}"],
	remove: ["DELETE", "/{id}"],
	restore: ["POST", "/{id}/restore"],
	history: ["GET", "/{id}/events"],
} as const;
type Verb = keyof typeof VERBS;

/** Whether a resource has all of these operations. */
export function hasOperations(...verbs: readonly Verb[]) {
	return ({ path, single = false }: Resource) =>
		verbs.every((verb) => {
			const [method, below] = VERBS[verb];
			const mounted = `/${path}${single ? "" : below}`;
			if (single && verb !== "get" && verb !== "update") return false;
			return operations.some((operation) => operation.method === method && operation.path === mounted);
		});
}

/** The resource at a path. */
export function resourceAt(path: string): Resource {
	const found = resources.find((resource) => resource.path === path);
	if (!found) throw new Error(`test/contract/resources.ts has no entry for ${path}`);
	return found;
}

let count = 0;

/** Ids of what bodies must refer to, made once per organization. */
const standing = new Map<string, Promise<string>>();

/** The id of a shared row that tests don't change. */
function standingAt(api: Api, path: string): Promise<string> {
	const key = `${api.organizationId} ${path}`;
	const known = standing.get(key);
	if (known) return known;
	const target = resourceAt(path);
	const after = target.prerequisites?.filter((other) => other !== path) ?? [];
	const making = createRow(api, { ...target, prerequisites: after }).then(({ id }) => id);
	standing.set(key, making);
	return making;
}

/** A valid create body with all fields except optional references; different each time. */
export async function bodyOf(api: Api, resource: Resource): Promise<Record<string, unknown>> {
	const {
		fields,
		createOnly: fixed,
		unique,
		requiredReferences: needs = {},
		prerequisites: after = [],
	} = resource;
	for (const path of after) await standingAt(api, path);
	const held: [string, unknown][] = [];
	for (const [field, path] of Object.entries(needs)) held.push([field, await standingAt(api, path)]);
	count += 1;
	const first = Object.entries(fields).map(([field, [value]]) => [field, value]);
	return { ...Object.fromEntries([...first, ...held]), ...fixed, ...unique?.(count) };
}

/** A change of one field. */
export function changeOf({ fields }: Resource): Record<string, unknown> {
	const [[field, values] = ["", []]] = Object.entries(fields);
	return field ? { [field]: values[1] } : {};
}

/** The path of a row. */
export const rowPath = ({ path, single }: Resource, id: string) => (single ? `/${path}` : `/${path}/${id}`);

/** Creates a row; returns it as GET shows it. A resource with one row per organization is updated instead. */
export async function createRow(api: Api, resource: Resource, body?: object): Promise<Json> {
	const given = body ?? (await bodyOf(api, resource));
	if (resource.single) return (await api.patch(`/${resource.path}`, given)).body;
	const reply = await api.post(`/${resource.path}`, given);
	if (reply.status !== 201) throw new Error(`POST /${resource.path}: ${reply.status} ${reply.text}`);
	return omit(reply.body, ...(resource.shownOnce ?? []));
}

/** The rows of a list before a test adds its own. */
export async function existingRows(api: Api, resource: Resource): Promise<Json[]> {
	await bodyOf(api, resource);
	return (await api.get(`/${resource.path}?limit=100`)).body.items;
}

/** Creates a row for an operation, if its resource has rows. */
export async function createRowFor(api: Api, { resource, path }: Operation): Promise<Json> {
	if (path.startsWith("/events/{id}")) {
		await createRow(api, resourceAt("leads"));
		return (await api.get("/events?limit=1")).body.items[0];
	}
	return readOnlyPaths.includes(resource) ? { id: "" } : createRow(api, resourceAt(resource));
}

/** Ids of existing rows for all parameters of an operation's path; a delivery comes from a test send. */
export async function idsFor(api: Api, operation: Operation): Promise<Ids> {
	const { id } = await createRowFor(api, operation);
	const ids: Record<string, string> = { id };
	if ("deliveryId" in operation.examples)
		ids.deliveryId = (await api.post(`/webhooks/${id}/test`, { event: "lead.created" })).body.id;
	const lacking = Object.keys(operation.examples).filter((name) => !ids[name]);
	if (lacking.length > 0) throw new Error(`Nothing is made for ${lacking} of ${operation.path}`);
	return ids;
}

/** A valid body for an operation; undefined if it has none. */
export async function bodyFor(api: Api, operation: Operation): Promise<object | undefined> {
	const { operationId, method, path, takesBody } = operation;
	if (!takesBody) return undefined;
	const own = bodies[operationId];
	if (own) return own;
	const resource = resourceAt(operation.resource);
	if (method === "PATCH") return changeOf(resource);
	if (path.endsWith("/batch")) return { items: [await bodyOf(api, resource), {}] };
	if (path.endsWith("/upsert")) return { matchBy: "email", ...(await bodyOf(api, resource)) };
	return path === `/${resource.path}` ? bodyOf(api, resource) : {};
}

/** A copy of an object without some members. */
export function omit(object: Json, ...names: readonly string[]): Json {
	return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** The query that includes deleted or revoked rows. */
export const withRemovedQuery = ({ revoked }: Resource) =>
	revoked ? "?includeRevoked=true" : "?includeDeleted=true";

/** The field with the time of the deletion or revocation. */
export const removedAtField = ({ revoked }: Resource) => (revoked ? "revokedAt" : "deletedAt");

/** A reference and its form in bodies. */
export interface Reference extends Target {
	readonly resource: Resource;
	readonly path: string;
	readonly field: string;
	readonly target: Resource;
	readonly noun: string;
	/** The part of a body that refers to these ids. */
	withIds(...ids: readonly string[]): Record<string, unknown>;
	/** The part of a body that removes the reference; null if it is required. */
	readonly withoutIds: Record<string, unknown> | null;
	/** The ids that a row refers to. */
	idsOf(row: Json): string[];
	/** The path in an error for the id at an index. */
	errorPath(index: number): string;
	/** The filter by this reference. */
	readonly filter: string | null;
}

const asList = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** All references of a resource. */
export function referencesOf(resource: Resource): Reference[] {
	return Object.entries(resource.references ?? {}).flatMap(([name, targets]) =>
		asList(targets).map((target) => referenceOf(resource, name, target)),
	);
}

function referenceOf(resource: Resource, name: string, to: Target): Reference {
	const [field = "", key] = name.split(".");
	const { many = false, otherFields: beside = {} } = to;
	const target = resourceAt(to.to);
	const [items] = resource.fields[field] ?? [];
	const [item] = Array.isArray(items) ? items : [];
	const value = (ids: readonly string[]) => {
		if (key !== undefined) return ids.map((id) => ({ ...item, [key]: id }));
		return many ? ids : (ids[0] ?? null);
	};
	const unset = Object.fromEntries(Object.keys(beside).map((other) => [other, null]));
	const always =
		resource.requiredReferences?.[field] !== undefined || resource.prerequisites?.includes(to.to);
	return {
		...to,
		resource,
		path: resource.path,
		field,
		many: many || key !== undefined,
		target,
		noun: to.kind?.noun ?? target.noun,
		withIds: (...ids) => ({ [field]: value(ids), ...beside }),
		withoutIds: always && !many ? null : { [field]: value([]), ...unset },
		idsOf: (row) => (key === undefined ? [row[field]].flat() : row[field].map((one: Json) => one[key])),
		errorPath: (index) => {
			if (key !== undefined) return `${field}.${index}.${key}`;
			return many ? `${field}.${index}` : field;
		},
		filter: key === undefined ? (many ? field.replace(/s$/, "") : field) : null,
	};
}

/** Creates a valid target of a reference. */
export async function createTarget(api: Api, { target, kind: only }: Reference): Promise<Json> {
	return createRow(api, target, { ...(await bodyOf(api, target)), ...only?.body });
}

export const references: readonly Reference[] = resources.flatMap(referencesOf);

export const JSON_TYPE = { "content-type": "application/json" };

export const utf8 = (text: string) => new TextEncoder().encode(text);

/** The statuses of concurrent replies, sorted. */
export const sortedStatuses = (replies: readonly Reply[]) =>
	replies.map(({ status }) => status).sort((a, b) => a - b);

export const inParallel = <T>(count: number, make: (index: number) => Promise<T>) =>
	Promise.all(Array.from({ length: count }, (_, index) => make(index)));

/** A valid id of no lead. */
export const UNKNOWN_LEAD_ID = "ld_01kaj2m5m8f7jt2n3v4w5x6y7z";

/** The Worker with a database whose batches fail. */
export const withFailingDatabase = (message: string) =>
	workerWith({
		...env,
		...wrapDatabases((db) =>
			withMembers(db, {
				batch() {
					throw new Error(message);
				},
			}),
		),
	});
