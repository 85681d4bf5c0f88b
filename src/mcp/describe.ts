// What a resource is made of and what can be done with it: asked for when it is needed, so that the list of tools, which an
// agent reads each time, can be short.
import { z } from "@hono/zod-openapi";
import { AppError } from "../errors.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { callOf, type Directory, placeOf } from "./directory.ts";
import type { JsonSchema, schemasOf } from "./json-schema.ts";
import { anyObject, READS, type Tool, tool, type Usable, usableBy } from "./tool.ts";

/** They have arguments of their own in find_records. */
const NO_FILTERS: ReadonlySet<string> = new Set(["cursor", "limit", "orderBy", "orderDir", "search"]);

/** What an operation is part of: the resource that its path begins with, or the list at its end. */
function topicsOf(endpoint: Endpoint): readonly string[] {
	const place = placeOf(endpoint);
	if (place === null) return [];
	const [, first = ""] = endpoint.path.split("/");
	return place.in === "resources" && place.name !== first ? [first, place.name] : [first];
}

/** describe_resource. */
export function describing(directory: Directory): Tool {
	const all = [...directory.named.values()].filter((endpoint) => placeOf(endpoint) !== null);
	const topics = (usable: Usable) => [...new Set(all.filter(usable).flatMap(topicsOf))];
	return tool({
		name: "describe_resource",
		title: "Describe a resource",
		description:
			"What can be done with a resource, by which tool, and with which fields or filters, those of this organization (cf_…) among them. Ask before you write to a resource for the first time.",
		hints: READS,
		endpoints: all,
		input: (usable) => z.strictObject({ resource: z.enum(topics(usable)) }),
		output: z.object({ resource: z.string(), operations: z.array(anyObject) }),
		async run({ caller, schemas }, { resource }) {
			const usable = all.filter(usableBy(caller)).filter((endpoint) => topicsOf(endpoint).includes(resource));
			if (usable.length === 0)
				throw new AppError("FORBIDDEN", `This API key lacks every scope of ${resource}.`);
			const known = await schemas();
			const operations = usable.map((endpoint) => described(endpoint, known));
			return {
				words: `What this key can do with ${resource}: ${operations.map(({ tool }) => tool).join(", ")}.`,
				data: { resource, operations },
			};
		},
	});
}

/** An operation as an agent calls it. */
function described(endpoint: Endpoint, { aboutOf, bodyOf, queryOf }: ReturnType<typeof schemasOf>) {
	const about = { tool: callOf(endpoint), does: aboutOf(endpoint.operationId) };
	const place = placeOf(endpoint);
	if (place?.in === "resources" && place.verb === "createMany") return about;
	if (endpoint.method === "get") {
		const { orderBy, ...query } = queryOf(endpoint.operationId);
		const filters = Object.fromEntries(Object.entries(query).filter(([name]) => !NO_FILTERS.has(name)));
		return {
			...about,
			...(orderBy?.enum ? { orderBy: orderBy.enum } : {}),
			...(Object.keys(filters).length > 0 ? { filters } : {}),
		};
	}
	const { properties, required = [] }: JsonSchema = bodyOf(endpoint.operationId);
	if (!properties || (place?.in === "resources" && place.verb === "upsert"))
		return { ...about, ...(properties?.matchBy ? { matchBy: properties.matchBy } : {}) };
	return { ...about, fields: properties, ...(required.length > 0 ? { required } : {}) };
}
