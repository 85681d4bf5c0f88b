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
} as const;

const kinds = ["leads", "clients", "deals", "tasks"] as const;
type Kind = (typeof kinds)[number];

const FEW = 5;

const Input = z.strictObject({
	query: z
		.string()
		.min(1)
		.max(255)
		.describe(
			"Words to find (the last may be unfinished), or the id of one record (ld_…, clt_…, dl_…, tsk_…).",
		),
	kind: z.enum(kinds).optional().describe("Only records of this kind."),
	limit: z.int().min(1).max(25).default(FEW).describe("Records of each kind."),
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
const Output = z.object({
	leads: Found.optional(),
	clients: Found.optional(),
	deals: Found.optional(),
	tasks: Found.optional(),
	notSearched: z.array(z.enum(kinds)).optional().describe("Kinds that this key may not read."),
});

export const searchRecords: Tool = {
	name: "search_records",
	title: "Search everything",
	description:
		"Finds leads, clients, deals and tasks by words in their names and contact details, or one record by its id. Begin here when you have a name; to filter or sort one kind, use find_leads, find_deals or find_tasks.",
	hints: READS,
	scopes: kinds.map((kind) => `${kind}:read`),
	input: () => schemaOf(Input, "input"),
	output: () => schemaOf(Output, "output"),
	async run(ask, input, caller) {
		const { query, kind, limit, cursor } = parse(Input, input);
		const named = kinds.find((one) => isId(KINDS[one].prefix, query));
		if (named) return byId(ask, named, query);
		if (cursor !== undefined && kind === undefined)
			throw badRequest({ path: "kind", message: "Required: a cursor goes on within one kind." });
		const wanted = allowed(caller, kind);
		const pages = await Promise.all(
			wanted.map(
				async (one): Promise<[Kind, Shown]> => [
					one,
					withoutUnset(
						await ask(KINDS[one].list, { search: query, limit, ...(cursor === undefined ? {} : { cursor }) }),
					),
				],
			),
		);
		const notSearched = kind ? [] : kinds.filter((one) => !wanted.includes(one));
		return {
			words: sentence(pages),
			data: { ...Object.fromEntries(pages), ...(notSearched.length > 0 ? { notSearched } : {}) },
		};
	},
};

async function byId(ask: Ask, kind: Kind, id: string) {
	const record = withoutUnset(await ask(KINDS[kind].get, { id }));
	return { words: `The record ${id}.`, data: { [kind]: { items: [record], hasMore: false } } };
}

/** The kinds to look among: what was asked for, or all that the key may read. */
function allowed(caller: Caller, kind: Kind | undefined): readonly Kind[] {
	const readable = kinds.filter((one) => covers(caller.scopes, `${one}:read`));
	if (kind === undefined && readable.length > 0) return readable;
	// The endpoint would refuse too; with no kind named there is none to ask.
	requireScope(caller, `${kind ?? "leads"}:read`);
	return kind ? [kind] : [];
}

function sentence(pages: readonly [Kind, Shown][]): string {
	const counts = pages.flatMap(([kind, { items, hasMore }]) =>
		Array.isArray(items) && items.length > 0 ? [`${hasMore ? "more than " : ""}${items.length} ${kind}`] : [],
	);
	return counts.length > 0 ? `Found ${counts.join(", ")}.` : "Nothing found.";
}
