// The secret of a form's Turnstile widget: it is sealed in the row, and opened only to check a visitor.
import type { Ctx } from "../../context.ts";
import { turnstileScope } from "../../db/sealed-tables.ts";
import { seal, unseal } from "../../sealed.ts";
import { settingsOf } from "../../settings.ts";

/** An input whose secret, if it has one, is sealed for this form. */
export async function withSealedSecret<T extends { readonly turnstileSecret?: string | null | undefined }>(
	{ env, caller }: Ctx,
	formId: string,
	input: T,
): Promise<T> {
	const { turnstileSecret } = input;
	if (typeof turnstileSecret !== "string") return input;
	const ring = settingsOf(env).ENCRYPTION_KEY;
	return {
		...input,
		turnstileSecret: await seal(ring, caller.organizationId, turnstileScope(formId), turnstileSecret),
	};
}

/** The secret in plain text; never store or log it. Throws SealError. */
export const openTurnstileSecret = (
	{ env, caller }: Pick<Ctx, "env" | "caller">,
	formId: string,
	sealed: string,
): Promise<string> =>
	unseal(settingsOf(env).ENCRYPTION_KEY, caller.organizationId, turnstileScope(formId), sealed);
