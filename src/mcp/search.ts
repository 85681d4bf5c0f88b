// One search over everything people look for by name, and the way from an id to its record.
import { z } from "@hono/zod-openapi";
import type { Caller } from "../context.ts";
import { badRequest } from "../errors.ts";
import { covers, requireScope } from "../gate/scopes.ts";
import { parse } from "../http/validate.ts";
import { isId } from "../ids.ts";
import type { Ask, Shown } from "./ask.ts";
import { withoutUnset } from "./show.ts";
import { READS, schemaOf, type Tool } from "./tool.ts";

const KINDS = {
	leads: { prefix: "ld", list: "listLeads", get: "getLead" },
	clients: { prefix: "clt", list: "listClients", get: "getClient" },
	deals: { prefix: "dl", list: "listDeals", get: "getDeal" },
	tasks: { prefix: "tsk", list: "listTasks", get: "getTask" },
	users: { prefix: "usr", list: "listUsers", get: "getUser" },
	tags: { prefix: "tag", list: "listTags", get: "getTag" },
	pipelines: { prefix: "dpl", list: "listPipelines", get: "getPipeline" },
	"lead-stages": { prefix: "lstg", list: "listLeadStages", get: "getLeadStage" },
	"lead-sources": { prefix: "src", list: "listLeadSources", get: "getLeadSource" },
} as const;

type Kind = keyof typeof KINDS;
const searched = ["leads", "clients", "deals", "tasks"] as const;
const listed = ["users", "tags", "pipelines", "lead-stages", "lead-sources"] as const;
const kinds: readonly Kind[] = [...searched, ...listed];

const FEW = 5;
const WHOLE_LIST = 100;

const Input = z.strictObject({
	query: z
		.string()
		.min(1)
		.max(255)
		.optional()
		.describe("Words to find (the last may be unfinished), or the id of one record of any kind."),
	kind: z
		.enum([...searched, ...listed])
		.optional()
		.describe(`Only records of this kind. ${listed.join(", ")} are listed whole, without a query.`),
	limit: z
		.int()
		.min(1)
		.max(100)
		.optional()
		.describe(`Records of each kind; ${FEW} unless you say otherwise, of a whole list ${WHOLE_LIST}.`),
	cursor: z
		.string()
		.max(1_024)
		.optional()
		.describe("A `nextCursor`, together with its `kind` and the same `query`."),
});

const Found = z.object({
	items: z.array(z.looseObject({ id: z.string() })),
	nextCursor: z.string().optional(),
	hasMore: z.boolean(),
});
const Output = z.partialRecord(z.enum([...searched, ...listed]), Found);

export const searchRecords: Tool = {
	name: "search_records",
	title: "Search everything",
	description:
		"Finds leads, clients, deals and tasks by words in their names and contact details, or one record by its id. Also lists users, tags, pipelines with their stages, lead stages and lead sources, whose ids other tools take. Begin here when you have a name; to filter or sort one kind, use find_leads, find_deals or find_tasks.",
	hints: READS,
	scopes: kinds.map((kind) => `${kind}:read`),
	input: () => schemaOf(Input, "input"),
	output: () => schemaOf(Output, "output"),
	async run(ask, input, caller) {
		const { query, kind, limit, cursor } = parse(Input, input);
		const named = kinds.find((one) => query !== undefined && isId(KINDS[one].prefix, query));
		if (named && query !== undefined) return byId(ask, named, query);
		const list = listed.find((one) => one === kind);
		if (list && query !== undefined)
			throw badRequest({ path: "query", message: `Leave it out: ${list} are listed whole.` });
		if (!list && query === undefined) throw badRequest({ path: "query", message: "Required." });
		if (cursor !== undefined && kind === undefined)
			throw badRequest({ path: "kind", message: "Required: a cursor goes on within one kind." });
		const page = { limit: limit ?? (list ? WHOLE_LIST : FEW), search: query, cursor };
		const pages = await Promise.all(
			(kind ? [kind] : readable(caller)).map(
				async (one): Promise<[Kind, Shown]> => [one, withoutUnset(await ask(KINDS[one].list, page))],
			),
		);
		return { words: sentence(pages), data: Object.fromEntries(pages) };
	},
};

async function byId(ask: Ask, kind: Kind, id: string) {
	const record = withoutUnset(await ask(KINDS[kind].get, { id }));
	return { words: `The record ${id}.`, data: { [kind]: { items: [record], hasMore: false } } };
}

/** What a key may search: where it may read nothing of it, the refusal names the first. */
function readable(caller: Caller): readonly Kind[] {
	const found = searched.filter((kind) => covers(caller.scopes, `${kind}:read`));
	if (found.length === 0) requireScope(caller, `${searched[0]}:read`);
	return found;
}

function sentence(pages: readonly [Kind, Shown][]): string {
	const counts = pages.flatMap(([kind, { items, hasMore }]) =>
		Array.isArray(items) && items.length > 0 ? [`${hasMore ? "more than " : ""}${items.length} ${kind}`] : [],
	);
	const where = pages.map(([kind]) => kind).join(", ");
	return counts.length > 0
		? `Found ${counts.join(", ")} (looked among ${where}).`
		: `Nothing found among ${where}.`;
}
