// The query parameters of lists: their schema, and the database query they become.
import { z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import type { ListQuery } from "../db/list-query.ts";
import { MAX_SEARCH_WORDS, searchedFields, searchWords } from "../db/search.ts";
import { badRequest } from "../errors.ts";
import type { Listing } from "../resources/resource.ts";
import { cursorParameter, readCursor } from "./cursor.ts";
import { booleanParameter, day, id, instant } from "./fields.ts";
import { queryWithCustomFields } from "./gather.ts";

const MAX_VALUES = 50;
/** Bounds the custom fields to filter by: each binds its own values, and D1 allows 100. */
const MAX_CUSTOM_FILTERS = 10;

/** `limit` with digits only: a number parser would also accept 1e2, 0x10 and blanks. */
export const limitParameter = z
	.string()
	.regex(/^(?:[1-9]\d?|100)$/, "Expected a whole number from 1 to 100.")
	.transform(Number)
	.default(20)
	.openapi({ type: "integer", minimum: 1, maximum: 100, default: 20, description: "Items per page." });

export const directionParameter = z
	.enum(["asc", "desc"])
	.default("desc")
	.describe("Ascending or descending.");

/** A filter parameter, which may be repeated to match any of several values. */
export const repeatable = <T extends z.ZodType>(schema: T, description: string) =>
	z
		.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(schema).max(MAX_VALUES))
		.optional()
		.openapi({
			description: `${description} Repeat it to match any of several values.`,
			param: { style: "form", explode: true },
		});

/** A filter by the statuses of answers; receivers answer any of three digits. */
export const statusParameter = (description: string) =>
	repeatable(
		z
			.string()
			.regex(/^[1-9]\d\d$/, "Expected an HTTP status code.")
			.transform(Number)
			.openapi({ type: "integer" }),
		description,
	);

/** A parameter that is `true` or, when left out, `false`. */
export const flagParameter = (description: string) =>
	booleanParameter().default(false).openapi({ default: false, description });

interface Listed {
	readonly prefix: string;
	readonly list: Listing;
	/** Only of a resource with custom fields, which are filtered and sorted by, too. */
	readonly resolveListQuery?: unknown;
}

/** The schema of a list's query string. */
export function listQuerySchema({ prefix, list, resolveListQuery }: Listed) {
	const { sorts, filters, ranges = [], search } = list;
	const custom = resolveListQuery !== undefined;
	const bounds = ranges.flatMap((field) => {
		const bound = (which: string) => day().optional().describe(`Only those whose \`${field}\` is ${which}.`);
		const [from, before] = boundsOf(field);
		return Object.entries({ [from]: bound("this day or later"), [before]: bound("before this day") });
	});
	const filterShape = Object.fromEntries(
		Object.entries(filters).map(([name, { schema }]) => [
			name,
			repeatable(schema(), `Only those with this \`${name}\`.`),
		]),
	);
	const names = ["createdAt", "updatedAt", ...sorts];
	const orderBy = z
		.string()
		.refine(
			(name) => names.includes(name) || (custom && name.startsWith("cf_")),
			`Expected one of ${names.join(", ")}.`,
		)
		.default("createdAt")
		.openapi({
			type: "string",
			enum: names,
			default: "createdAt",
			description: `The field to sort by; records without a value come last.${custom ? " Custom fields of type number, currency or date (`cf_<key>`) are also possible." : ""}`,
		});
	const shape = {
		cursor: cursorParameter,
		limit: limitParameter,
		orderBy,
		orderDir: directionParameter,
		...(search
			? {
					search: z
						.string()
						.min(1)
						.max(255)
						.refine(
							(text) => searchWords(text).length <= MAX_SEARCH_WORDS,
							`At most ${MAX_SEARCH_WORDS} different words.`,
						)
						.optional()
						.describe(
							`Words to find in ${searchedFields(search).join(", ")}; the last one may be unfinished.`,
						),
				}
			: {}),
		updatedSince: instant()
			.optional()
			.describe(
				"Only those changed at or after this time; to keep a copy up to date, sort by `updatedAt` ascending.",
			),
		createdAfter: instant().optional().describe("Only those created at or after this time."),
		createdBefore: instant().optional().describe("Only those created before this time."),
		includeDeleted: flagParameter("Include deleted ones, which have `deletedAt` set."),
		id: repeatable(id(prefix), "Only those with this id."),
		...filterShape,
		...Object.fromEntries(bounds),
	};
	return custom ? queryWithCustomFields(shape) : z.strictObject(shape);
}

/** The parameters that bound a list by a day: `dueDate` is bounded by `dueAfter` and `dueBefore`. */
const boundsOf = (field: string) => {
	const stem = field.replace(/Date$/, "");
	return [`${stem}After`, `${stem}Before`] as const;
};

type Filters = ListQuery["filters"];

/** Converts validated parameters to the query of db/list.ts. */
export async function toListQuery(
	ctx: Ctx,
	resource: string,
	parameters: Record<string, unknown>,
	ranges: readonly string[] = [],
): Promise<ListQuery> {
	const text = (name: string) => (typeof parameters[name] === "string" ? parameters[name] : null);
	const custom =
		typeof parameters.cf_ === "object" && parameters.cf_ !== null ? Object.entries(parameters.cf_) : [];
	if (custom.length > MAX_CUSTOM_FILTERS) {
		const [name = "cf_"] = custom[MAX_CUSTOM_FILTERS] ?? [];
		throw badRequest(name, `At most ${MAX_CUSTOM_FILTERS} custom fields to filter by.`);
	}
	for (const [name, value] of custom)
		if (Array.isArray(value) && value.length > MAX_VALUES)
			throw badRequest(name, `At most ${MAX_VALUES} values.`);
	// Filters are the parameters that are lists.
	const filters: Filters = Object.fromEntries([
		...Object.entries(parameters).filter(([, value]) => Array.isArray(value)),
		...custom.map(([name, value]) => [name, [value].flat()]),
	]);
	return {
		limit: Number(parameters.limit),
		orderBy: text("orderBy") ?? "createdAt",
		orderDir: parameters.orderDir === "asc" ? "asc" : "desc",
		after: await readCursor(ctx, resource, parameters),
		filters,
		ranges: ranges
			.map((field) => {
				const [from, before] = boundsOf(field);
				return { field, from: text(from), before: text(before) };
			})
			.filter(({ from, before }) => from !== null || before !== null),
		search: text("search"),
		updatedSince: text("updatedSince"),
		createdAfter: text("createdAfter"),
		createdBefore: text("createdBefore"),
		includeDeleted: parameters.includeDeleted === true,
	};
}
