// Creates a row of any resource in resources.ts, with the rows that it refers to, and what an operation's path and body need.
import type { Api, Json } from "../support/api.ts";
import type { Ids, Operation } from "./operations.ts";
import type { Resource } from "./resource.ts";
import { bodies, readOnlyPaths, resources } from "./resources.ts";

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
