// Finds records: the lists of all resources in one tool.
import { z } from "@hono/zod-openapi";
import { badRequest } from "../errors.ts";
import type { Endpoint } from "../http/endpoint.ts";
import type { JsonObject } from "../json.ts";
import type { Directory, Resource } from "./directory.ts";
import { recordSchema } from "./records.ts";
import { withoutUnset } from "./show.ts";
import { anyObject, READ_HINTS, type Tool, tool } from "./tool.ts";

/** A page of records as tools answer it. */
export const pageSchema = z.object({
	items: z.array(recordSchema),
	nextCursor: z.string().optional(),
	hasMore: z.boolean(),
});

/** The tool that reads a page of any list. */
export function findRecordsTool({ resources }: Directory): Tool {
	const all = [...resources.values()];
	return tool({
		name: "find_records",
		title: "Find records",
		description:
			"A page of one resource, with filters and a sort. Several filters mean AND, a list of values means any of them.",
		hints: READ_HINTS,
		endpoints: all.flatMap(({ lists }) => lists),
		input: (usable) =>
			z.strictObject({
				resource: z.enum(all.filter(({ lists }) => lists.some(usable)).map(({ name }) => name)),
				filters: anyObject
					.optional()
					.describe('E.g. {"status": "ACTIVE"}; describe_resource shows the filters.'),
				search: z
					.string()
					.optional()
					.describe("Words in names and contact details, for resources with a search."),
				parentId: z
					.string()
					.optional()
					.describe("Id of the conversation for messages, of the webhook for deliveries."),
				orderBy: z.string().optional(),
				orderDir: z.enum(["asc", "desc"]).optional(),
				limit: z.int().min(1).max(100).optional().describe("Default: 20."),
				cursor: z
					.string()
					.optional()
					.describe("nextCursor of the previous page; keep the other arguments unchanged."),
			}),
		output: pageSchema,
		async run({ ask }, { resource: name, filters, parentId, ...own }) {
			const endpoint = listOf(resources.get(name)?.lists ?? [], parentId);
			const ids = parentId === undefined ? {} : { id: parentId };
			const data = withoutUnset(await ask(endpoint, { ids, own, within: ["filters", filters] }));
			return { words: sentenceAboutPage(name, data), data };
		},
	});
}

/** The list for the parent with this id, or the list without a parent. */
function listOf(lists: readonly Endpoint[], parentId: string | undefined): Endpoint {
	const prefixes = lists.flatMap(({ ids }) => ids.id?.prefix ?? []);
	const found = lists.find(({ ids: { id } }) =>
		id ? parentId?.startsWith(`${id.prefix}_`) : parentId === undefined,
	);
	if (found) return found;
	const message =
		prefixes.length > 0
			? `Required: an id that begins with ${prefixes.map((prefix) => `${prefix}_`).join(" or ")}.`
			: "Leave it out: these records have no parent.";
	throw badRequest("parentId", message);
}

/** What a page has, and how to get the next one. */
function sentenceAboutPage(name: Resource["name"], { items, hasMore }: JsonObject): string {
	const count = Array.isArray(items) ? items.length : 0;
	const found = `Found ${count === 0 ? "no" : count} ${name}.`;
	return hasMore === true
		? `${found} There are more: send nextCursor as cursor, with the other arguments unchanged.`
		: found;
}
