// A webhook's secrets: its signing secrets and custom headers, sealed (encrypted) in the row and opened only to be sent.
import type { Ctx } from "../context.ts";
import type { webhooks } from "../db/schema/webhooks.ts";
import { webhookScope } from "../db/sealed-tables.ts";
import type { Env } from "../env.ts";
import { throwFieldErrors } from "../errors.ts";
import { isSameJson } from "../json.ts";
import { seal, unseal } from "../sealed.ts";
import { settingsOf } from "../settings.ts";
import { headerSetProblems, mergeMasked } from "./headers.ts";

type Owner = Pick<typeof webhooks.$inferSelect, "organizationId" | "id">;

/** Opens a sealed value of a webhook; null stays null. */
export async function openValue(env: Env, row: Owner, field: "secret" | "headers", sealed: string | null) {
	if (sealed === null) return null;
	return unseal(settingsOf(env).ENCRYPTION_KEY, row.organizationId, webhookScope(row.id, field), sealed);
}

/** A webhook's custom headers in plain text; never store or log them. */
export async function openHeaders(
	env: Env,
	row: Owner & { readonly headers: string | null },
): Promise<Record<string, string>> {
	const text = await openValue(env, row, "headers", row.headers);
	return text === null ? {} : JSON.parse(text);
}

/**
 * The headers column for new custom headers; an empty object when they don't change.
 * @throws AppError 400 for a header that is not allowed, or a `***` without a stored value
 */
export async function sealHeaders(
	ctx: Ctx,
	id: string,
	next: Record<string, string> | undefined,
	stored: Record<string, string>,
) {
	if (next === undefined) return {};
	const { headers, problems } = mergeMasked(next, stored);
	throwFieldErrors([...headerSetProblems(headers), ...problems]);
	// Sealing the same text twice gives different results, so unchanged headers would look like a change.
	if (isSameJson(headers, stored)) return {};
	return {
		headers:
			Object.keys(headers).length > 0 ? await sealValue(ctx, id, "headers", JSON.stringify(headers)) : null,
	};
}

/** Seals a value of a webhook; it opens only for the same webhook and field. */
export function sealValue(ctx: Ctx, id: string, field: "secret" | "headers", text: string): Promise<string> {
	return seal(settingsOf(ctx.env).ENCRYPTION_KEY, ctx.caller.organizationId, webhookScope(id, field), text);
}
