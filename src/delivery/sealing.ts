// What a webhook keeps secret: its signing secrets and its custom headers, sealed in the row and opened only to be sent.
import type { Ctx } from "../context.ts";
import type { webhooks } from "../db/schema/webhooks.ts";
import type { Env } from "../env.ts";
import { refuse } from "../errors.ts";
import { open, seal } from "../sealed.ts";
import { settingsOf } from "../settings.ts";
import { headersProblems, mergeMasked } from "./headers.ts";

type Owner = Pick<typeof webhooks.$inferSelect, "organizationId" | "id">;

/** The scopes that seal a webhook's values: each opens only in its own place. */
const sealScope = (id: string, field: "secret" | "headers") => `${id}/${field}`;

/** Opens a sealed value of a webhook; null stays null. */
export async function opened(env: Env, row: Owner, field: "secret" | "headers", sealed: string | null) {
	if (sealed === null) return null;
	return open(settingsOf(env).ENCRYPTION_KEY, row.organizationId, sealScope(row.id, field), sealed);
}

/** A webhook's custom headers, in plain text: to be sent, never to be stored or logged. */
export async function openHeaders(
	env: Env,
	row: Owner & { readonly headers: string | null },
): Promise<Record<string, string>> {
	const text = await opened(env, row, "headers", row.headers);
	return text === null ? {} : JSON.parse(text);
}

/**
 * The headers column for a new set of custom headers; nothing where they stay as they are.
 * @throws AppError 400 for a header that is not allowed, or a `***` with nothing to keep
 */
export async function sealedHeaders(
	ctx: Ctx,
	id: string,
	next: Record<string, string> | undefined,
	stored: Record<string, string>,
) {
	if (next === undefined) return {};
	const { headers, problems } = mergeMasked(next, stored);
	refuse([...headersProblems(headers), ...problems]);
	// Sealing twice never gives the same text, so the same headers would look like a change.
	if (JSON.stringify(headers) === JSON.stringify(stored)) return {};
	return {
		headers:
			Object.keys(headers).length > 0 ? await sealed(ctx, id, "headers", JSON.stringify(headers)) : null,
	};
}

/** Seals a value of a webhook, so that it opens only there. */
export function sealed(ctx: Ctx, id: string, field: "secret" | "headers", text: string): Promise<string> {
	return seal(settingsOf(ctx.env).ENCRYPTION_KEY, ctx.caller.organizationId, sealScope(id, field), text);
}
