// One search over all resources that people look for by name.
import { z } from "@hono/zod-openapi";
import type { JsonObject } from "../json.ts";
import { requireScope } from "../scopes.ts";
import type { Directory } from "./directory.ts";
import { pageSchema } from "./find.ts";
import { withoutUnset } from "./show.ts";
import { READ_HINTS, type Tool, tool, usableBy } from "./tool.ts";

const SEARCHED = ["leads", "clients", "deals", "tasks"] as const;
const DEFAULT_LIMIT = 5;

export function searchRecordsTool({ resources }: Directory): Tool {
	const lists = SEARCHED.flatMap((name) => {
		const [endpoint] = resources.get(name)?.lists ?? [];
		return endpoint ? [{ name, endpoint }] : [];
	});
	return tool({
		name: "search_records",
		title: "Search everything",
		description:
			"Finds leads, clients, deals and tasks by words in their names and contact details. Start here if you have a name; find_records shows more of one resource.",
		hints: READ_HINTS,
		endpoints: lists.map(({ endpoint }) => endpoint),
		input: () =>
			z.strictObject({
				search: z.string().min(1).max(255).describe("The last word may be unfinished."),
				limit: z.int().min(1).max(100).optional().describe(`For each resource. Default: ${DEFAULT_LIMIT}.`),
			}),
		output: z.partialRecord(z.enum(SEARCHED), pageSchema),
		async run({ ask, caller }, { search, limit = DEFAULT_LIMIT }) {
			const readable = lists.filter(({ endpoint }) => usableBy(caller)(endpoint));
			const [first] = lists;
			if (readable.length === 0 && first) requireScope(caller, first.endpoint.scope);
			const pages = await Promise.all(
				readable.map(
					async ({ name, endpoint }): Promise<[string, JsonObject]> => [
						name,
						withoutUnset(await ask(endpoint, { own: { search, limit } })),
					],
				),
			);
			return { words: sentence(pages), data: Object.fromEntries(pages) };
		},
	});
}

function sentence(pages: readonly [string, JsonObject][]): string {
	const counts = pages.flatMap(([name, { items, hasMore }]) =>
		Array.isArray(items) && items.length > 0 ? [`${hasMore ? "more than " : ""}${items.length} ${name}`] : [],
	);
	const where = pages.map(([name]) => name).join(", ");
	return counts.length > 0
		? `Found ${counts.join(", ")} (searched in ${where}).`
		: `Nothing found in ${where}.`;
}
