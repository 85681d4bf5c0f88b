// Describes the fields and operations of a resource on request, so that the list of tools, which an agent always reads,
// can be short.
import { z } from "@hono/zod-openapi";
import { AppError } from "../errors.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { type Directory, placeOf, toolCallFor } from "./directory.ts";
import type { JsonSchema, schemasOf } from "./json-schema.ts";
import { anyObject, type IsUsable, READ_HINTS, type Tool, tool, usableBy } from "./tool.ts";

/** Parameters that are separate arguments of find_records. */
const NO_FILTERS: ReadonlySet<string> = new Set(["cursor", "limit", "orderBy", "orderDir", "search"]);

/** The resources that an operation belongs to: the first segment of its path, and the list at its end. */
function topicsOf(endpoint: Endpoint): readonly string[] {
	const place = placeOf(endpoint);
	if (place === null) return [];
	const [, first = ""] = endpoint.path.split("/");
	return place.in === "resources" && place.name !== first ? [first, place.name] : [first];
}

export function describeResourceTool(directory: Directory): Tool {
	const all = [...directory.named.values()].filter((endpoint) => placeOf(endpoint) !== null);
	const topics = (usable: IsUsable) => [...new Set(all.filter(usable).flatMap(topicsOf))];
	return tool({
		name: "describe_resource",
		title: "Describe a resource",
		description:
			"The operations of a resource, the tool for each, and their fields or filters, including the custom fields (cf_…) of this organization. Call it before the first write to a resource.",
		hints: READ_HINTS,
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

function described(endpoint: Endpoint, { aboutOf, bodyOf, queryOf }: ReturnType<typeof schemasOf>) {
	const about = { tool: toolCallFor(endpoint), does: aboutOf(endpoint.operationId) };
	const place = placeOf(endpoint);
	if (place?.in === "resources" && place.verb === "changeMany") return about;
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
