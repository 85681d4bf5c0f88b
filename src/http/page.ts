// Lists: their query parameters, and the cursor that says where the next page begins. A cursor is signed together with
// the organization, resource, sort and filters it was made for, so it can neither be forged nor used elsewhere.
import { z } from "@hono/zod-openapi";
import { fromBase64Url, toBase64Url } from "../base64.ts";
import type { Ctx } from "../context.ts";
import type { ListQuery, Position } from "../db/list-query.ts";
import { MOST_WORDS, searchedIn, wordsOf } from "../db/search.ts";
import { badRequest } from "../errors.ts";
import type { Keyring } from "../keyring.ts";
import type { Listing } from "../resources/resource.ts";
import { settingsOf } from "../settings.ts";
import type { Answer } from "./answer.ts";
import { booleanParameter, day, instant } from "./fields.ts";
import { customizableQuery } from "./gather.ts";

const TAG_BYTES = 16;
const MOST_VALUES = 50;
/** Custom fields that one list is filtered by: each binds values of its own, and D1 takes 100. */
const MOST_CUSTOM = 10;
/** A cursor holds a sort value, which is a name of up to 255 characters at most. */
export const MOST_CURSOR = 4_096;

/** `limit` as digits only: a number parser would also take 1e2, 0x10 and blanks. */
export const limitParameter = z
	.string()
	.regex(/^(?:[1-9]\d?|100)$/, "Expected a whole number from 1 to 100.")
	.transform(Number)
	.default(20)
	.openapi({ type: "integer", minimum: 1, maximum: 100, default: 20, description: "Items per page." });

export const cursorParameter = z
	.string()
	.max(MOST_CURSOR)
	.optional()
	.describe("`nextCursor` of the page before; its sort and filters must be sent again unchanged.");

export const directionParameter = z
	.enum(["asc", "desc"])
	.default("desc")
	.describe("Ascending or descending.");

/** A filter parameter: once, or repeated to mean any of its values. */
export const repeatable = <T extends z.ZodType>(schema: T, description: string) =>
	z
		.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(schema).max(MOST_VALUES))
		.optional()
		.openapi({
			description: `${description} Repeat it to match any of several values.`,
			param: { style: "form", explode: true },
		});

/** A parameter that is `true` or, when left out, `false`. */
export const flagParameter = (description: string) =>
	booleanParameter().default(false).openapi({ default: false, description });

const SHARED = [
	"cursor",
	"limit",
	"orderBy",
	"orderDir",
	"search",
	"updatedSince",
	"createdAfter",
	"createdBefore",
	"includeDeleted",
];

/**
 * The schema of a list's query string.
 * @param custom whether the resource has custom fields to filter and sort by
 */
export function listQuerySchema({ sorts, filters, ranges = [], search }: Listing, custom = false) {
	const bounds = ranges.flatMap((field) => {
		const [from, before] = boundsOf(field);
		const only = (which: string) =>
			day()
				.optional()
				.openapi({ description: `Only those whose \`${field}\` is ${which}.` });
		return [
			[from, only("this day or later")],
			[before, only("before this day")],
		] as const;
	});
	const filterShape = Object.fromEntries(
		Object.entries(filters).map(([name, { schema }]) => [
			name,
			repeatable(schema, `Only those with this \`${name}\`.`),
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
			description: `What to sort by; those without a value come last.${custom ? " A number, currency or date custom field (`cf_<key>`) is taken too." : ""}`,
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
						.refine((text) => wordsOf(text).length <= MOST_WORDS, `At most ${MOST_WORDS} different words.`)
						.optional()
						.describe(`Words to find in ${searchedIn(search).join(", ")}; the last one may be unfinished.`),
				}
			: {}),
		updatedSince: instant()
			.optional()
			.describe("Only those changed at or after this instant; for syncing, sort by `updatedAt` ascending."),
		createdAfter: instant().optional().describe("Only those created at or after this instant."),
		createdBefore: instant().optional().describe("Only those created before this instant."),
		includeDeleted: flagParameter("Deleted ones too, with `deletedAt` set."),
		...filterShape,
		...Object.fromEntries(bounds),
	};
	return custom ? customizableQuery(shape) : z.strictObject(shape);
}

/** The parameters that bound a list by a day: `dueDate` is bounded by `dueAfter` and `dueBefore`. */
const boundsOf = (field: string) => {
	const stem = field.replace(/Date$/, "");
	return [`${stem}After`, `${stem}Before`] as const;
};

type Filters = ListQuery["filters"];

/** From validated parameters to the query the database takes. */
export async function toListQuery(
	ctx: Ctx,
	resource: string,
	parameters: Record<string, unknown>,
	ranges: readonly string[] = [],
): Promise<ListQuery> {
	const text = (name: string) => (typeof parameters[name] === "string" ? parameters[name] : null);
	const custom =
		typeof parameters.cf_ === "object" && parameters.cf_ !== null ? Object.entries(parameters.cf_) : [];
	if (custom.length > MOST_CUSTOM) {
		const [name = "cf_"] = custom[MOST_CUSTOM] ?? [];
		throw badRequest({ path: name, message: `At most ${MOST_CUSTOM} custom fields to filter by.` });
	}
	for (const [name, value] of custom)
		if (Array.isArray(value) && value.length > MOST_VALUES)
			throw badRequest({ path: name, message: `At most ${MOST_VALUES} values.` });
	const lists: [string, unknown][] = [
		...Object.entries(parameters).filter(([name]) => !SHARED.includes(name)),
		...custom.map(([name, value]): [string, unknown] => [name, Array.isArray(value) ? value : [value]]),
	];
	const filters: Filters = Object.fromEntries(
		lists.flatMap(([name, value]) => (Array.isArray(value) ? [[name, value]] : [])),
	);
	return {
		limit: Number(parameters.limit),
		orderBy: text("orderBy") ?? "createdAt",
		orderDir: parameters.orderDir === "asc" ? "asc" : "desc",
		after: await startOf(ctx, resource, parameters),
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

/** Where the `cursor` among the parameters says to begin; null at the beginning. */
export async function startOf(
	ctx: Ctx,
	resource: string,
	parameters: Record<string, unknown>,
): Promise<Position | null> {
	const { cursor } = parameters;
	return typeof cursor === "string" ? openCursor(ctx, bindingOf(ctx, resource, parameters), cursor) : null;
}

/**
 * A page as an answer: the items, the cursor of the next page, and the Link to it. Where `hasMore` says that there is none
 * yet, the cursor is one to come back with, which no Link tells, because who follows those would never end.
 */
export async function pageAnswer(
	ctx: Ctx,
	resource: string,
	parameters: Record<string, unknown>,
	url: string,
	page: { readonly items: readonly unknown[]; readonly next: Position | null; readonly hasMore?: boolean },
): Promise<Answer> {
	const nextCursor = page.next
		? await sealCursor(ctx, bindingOf(ctx, resource, parameters), page.next)
		: null;
	const { items, hasMore = nextCursor !== null } = page;
	const body = { items, nextCursor, hasMore };
	if (nextCursor === null || !hasMore) return { status: 200, body };
	const next = new URL(url);
	next.searchParams.set("cursor", nextCursor);
	return { status: 200, body, headers: { Link: `<${next.href}>; rel="next"` } };
}

/** What a cursor is good for: everything but `cursor` and `limit`. */
function bindingOf(ctx: Ctx, resource: string, parameters: Record<string, unknown>): string {
	const bound = Object.entries(parameters).filter(
		([name, value]) => name !== "cursor" && name !== "limit" && value !== undefined,
	);
	return JSON.stringify([ctx.caller.organizationId, resource, bound.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

async function sealCursor(ctx: Ctx, binding: string, position: Position): Promise<string> {
	const text = JSON.stringify([position.value, position.id]);
	const [key] = await cursorKeys(ctx);
	if (!key) throw new Error("ENCRYPTION_KEY holds no key");
	const bytes = new TextEncoder().encode(text);
	const tag = await tagOf(key, binding, text);
	const sealed = new Uint8Array(TAG_BYTES + bytes.length);
	sealed.set(tag);
	sealed.set(bytes, TAG_BYTES);
	return toBase64Url(sealed);
}

async function openCursor(ctx: Ctx, binding: string, cursor: string): Promise<Position> {
	const sealed = fromBase64Url(cursor);
	if (sealed && sealed.length > TAG_BYTES) {
		const text = new TextDecoder().decode(sealed.subarray(TAG_BYTES));
		for (const key of await cursorKeys(ctx)) {
			const tag = await tagOf(key, binding, text);
			if (crypto.subtle.timingSafeEqual(tag, sealed.subarray(0, TAG_BYTES))) {
				const [value, id] = JSON.parse(text);
				return { value, id };
			}
		}
	}
	throw badRequest({ path: "cursor", message: "This cursor was not made for this list, sort and filters." });
}

// Finished keys and not promises: in Workers a promise belongs to the request that made it.
const keys = new WeakMap<Keyring, CryptoKey[]>();

/** Keys for cursors, one per key of the ring, derived by name so that no other use of the ring can be confused with it. */
async function cursorKeys(ctx: Ctx): Promise<CryptoKey[]> {
	const ring = settingsOf(ctx.env).ENCRYPTION_KEY;
	const known = keys.get(ring);
	if (known) return known;
	const derivation = {
		name: "HKDF",
		hash: "SHA-256",
		salt: new Uint8Array(),
		info: new TextEncoder().encode("cursor"),
	};
	const derived = await Promise.all(
		ring.all.map(async ({ bytes }) => {
			const master = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
			const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
			return crypto.subtle.deriveKey(derivation, master, hmac, false, ["sign"]);
		}),
	);
	keys.set(ring, derived);
	return derived;
}

async function tagOf(key: CryptoKey, binding: string, text: string): Promise<Uint8Array> {
	const message = new TextEncoder().encode(`${binding}\n${text}`);
	return new Uint8Array(await crypto.subtle.sign("HMAC", key, message)).subarray(0, TAG_BYTES);
}
