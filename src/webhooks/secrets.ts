// Rotates a webhook's secret. During a grace period deliveries are signed with both secrets, so that no receiver refuses one.
import type { Ctx } from "../context.ts";
import type { Write } from "../db/commit.ts";
import { type ShownWebhook, show } from "../delivery/receiver.ts";
import { sealed } from "../delivery/sealing.ts";
import { newSecret, secretPrefix } from "../delivery/secret.ts";
import { conflict } from "../errors.ts";
import type { Condition } from "../resources/condition.ts";
import { changeSecret } from "./verbs.ts";

const GRACE_SECONDS = 86_400;

export interface Rotated {
	readonly secret: string;
	readonly secretPrefix: string;
	/** Until when the old secret signs too; null without a grace period. */
	readonly previousSecretExpiresAt: string | null;
}

/**
 * Plans a rotation to a new secret, generated if none is given; the old one signs too during the grace period, in seconds.
 * @throws AppError 404; 409 while the grace period of the previous rotation lasts, because a third secret would replace the
 *   first
 */
export async function rotate(
	ctx: Ctx,
	id: string,
	condition: Condition | null,
	input: { readonly secret?: string | undefined; readonly graceSeconds?: number | undefined },
): Promise<Write<Rotated>> {
	const { secret = newSecret(), graceSeconds = GRACE_SECONDS } = input;
	const { value, statements } = await changeSecret(ctx, id, condition, async (row) => {
		if (inGrace(ctx, row.previousSecretExpiresAt)) {
			throw conflict(
				`The previous secret is still valid until ${row.previousSecretExpiresAt}; activate the new one to end that.`,
			);
		}
		const keeps = graceSeconds > 0 && row.secret !== null;
		return {
			secret: await sealed(ctx, id, "secret", secret),
			secretPrefix: secretPrefix(secret),
			previousSecret: keeps ? row.secret : null,
			previousSecretExpiresAt: keeps ? new Date(ctx.now + graceSeconds * 1_000).toISOString() : null,
		};
	});
	const { previousSecretExpiresAt } = value;
	return { value: { secret, secretPrefix: secretPrefix(secret), previousSecretExpiresAt }, statements };
}

/** Plans the end of a grace period: from now on only the newest secret signs. Without a grace period nothing changes. */
export async function activate(
	ctx: Ctx,
	id: string,
	condition: Condition | null,
): Promise<Write<ShownWebhook>> {
	const changed = await changeSecret(ctx, id, condition, async () => ({
		previousSecret: null,
		previousSecretExpiresAt: null,
	}));
	return { ...changed, value: await show(ctx.env, changed.value) };
}

const inGrace = (ctx: Ctx, expiresAt: string | null) => expiresAt !== null && Date.parse(expiresAt) > ctx.now;
