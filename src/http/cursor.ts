// The cursor of a list's next page. It is signed together with the organization, resource, sort and filters it was made for,
// so it can neither be forged nor used for another list.
import { z } from "@hono/zod-openapi";
import { fromBase64Url, toBase64Url } from "../base64.ts";
import type { Ctx } from "../context.ts";
import type { Position } from "../db/list-query.ts";
import { foreignCursor } from "../errors.ts";
import { isJsonObject } from "../json.ts";
import type { Keyring } from "../keyring.ts";
import { settingsOf } from "../settings.ts";
import type { Answer, PageBody } from "./answer.ts";

const TAG_BYTES = 16;
/** A cursor contains a sort value, which has at most 255 characters. */
export const MAX_CURSOR_CHARACTERS = 4_096;

export const cursorParameter = z
	.string()
	.max(MAX_CURSOR_CHARACTERS)
	.optional()
	.describe("`nextCursor` of the previous page; sort and filters must be the same.");

/** The position in the `cursor` among the parameters; null for the first page. */
export async function readCursor(ctx: Ctx, resource: string, parameters: Record<string, unknown>) {
	const { cursor } = parameters;
	return typeof cursor === "string" ? openCursor(ctx, bindingOf(ctx, resource, parameters), cursor) : null;
}

/**
 * The answer with a page: the items, the cursor of the next page, and the Link to it. If `hasMore` is false, the cursor is for
 * a later request; then there is no Link, because clients that follow links would never stop.
 */
export async function pageAnswer(
	ctx: Ctx,
	resource: string,
	parameters: Record<string, unknown>,
	url: string,
	page: Pick<PageBody, "items"> & { readonly next: Position | null; readonly hasMore?: boolean },
): Promise<Answer> {
	const nextCursor = page.next
		? await sealCursor(ctx, bindingOf(ctx, resource, parameters), page.next)
		: null;
	const { items, hasMore = nextCursor !== null } = page;
	const body = { items, nextCursor, hasMore };
	if (nextCursor === null || !hasMore) return { status: 200, body };
	const end = `${url}?`.indexOf("?");
	const next = new URLSearchParams(url.slice(end));
	next.set("cursor", nextCursor);
	return { status: 200, body, headers: { Link: `<${url.slice(0, end)}?${next}>; rel="next"` } };
}

/** What a cursor is bound to: all parameters except `cursor` and `limit`, in any order. */
function bindingOf(ctx: Ctx, resource: string, parameters: Record<string, unknown>): string {
	const { cursor: _, limit: __, cf_: custom, ...others } = parameters;
	const bound = Object.entries({ ...others, ...(isJsonObject(custom) ? custom : {}) }).filter(
		([, value]) => value !== undefined,
	);
	return JSON.stringify([ctx.caller.organizationId, resource, bound.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

async function sealCursor(ctx: Ctx, binding: string, position: Position): Promise<string> {
	const { value, id, customFields } = position;
	const text = JSON.stringify([value, id, ...(customFields === undefined ? [] : [customFields])]);
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
				const [value, id, customFields] = JSON.parse(text);
				return { value, id, customFields };
			}
		}
	}
	throw foreignCursor();
}

// Keys, not promises: in Workers a promise belongs to the request that created it.
const keyCache = new WeakMap<Keyring, CryptoKey[]>();

/** Keys for cursors, one per key of the ring; derived for this purpose only, so a tag made for another one is not valid. */
async function cursorKeys(ctx: Ctx): Promise<CryptoKey[]> {
	const ring = settingsOf(ctx.env).ENCRYPTION_KEY;
	const cached = keyCache.get(ring);
	if (cached) return cached;
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
	keyCache.set(ring, derived);
	return derived;
}

async function tagOf(key: CryptoKey, binding: string, text: string): Promise<Uint8Array> {
	const message = new TextEncoder().encode(`${binding}\n${text}`);
	return new Uint8Array(await crypto.subtle.sign("HMAC", key, message)).subarray(0, TAG_BYTES);
}
