// Rotates a webhook's secret. During a grace period deliveries are signed with both secrets, so that no receiver refuses one.
import type { z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import type { Write } from "../db/commit.ts";
import { showWebhook, type WebhookRow } from "../delivery/receiver.ts";
import { sealValue } from "../delivery/sealing.ts";
import { newSecret, secretPrefix } from "../delivery/secret.ts";
import { conflict } from "../errors.ts";
import type { VersionCondition } from "../resources/condition.ts";
import type { SecretRotate, SecretRotated } from "./schema.ts";
import { updateWith } from "./verbs.ts";

const DEFAULT_GRACE_SECONDS = 86_400;

/**
 * Plans a rotation to a new secret, generated if none is given; the old one signs too during the grace period, in seconds.
 * @throws AppError 404; 409 while the grace period of the previous rotation lasts, because a third secret would replace the
 *   first
 */
export async function rotate(
	ctx: Ctx,
	id: string,
	condition: VersionCondition | null,
	input: z.output<typeof SecretRotate>,
): Promise<Write<z.output<typeof SecretRotated>>> {
	const { secret = newSecret(), graceSeconds = DEFAULT_GRACE_SECONDS } = input;
	const change = async (row: WebhookRow) => {
		if (inGrace(ctx, row.previousSecretExpiresAt)) {
			throw conflict(
				`The previous secret is still valid until ${row.previousSecretExpiresAt}; activate the new one to end that.`,
			);
		}
		const hasGrace = graceSeconds > 0 && row.secret !== null;
		return {
			secret: await sealValue(ctx, id, "secret", secret),
			secretPrefix: secretPrefix(secret),
			previousSecret: hasGrace ? row.secret : null,
			previousSecretExpiresAt: hasGrace ? new Date(ctx.now + graceSeconds * 1_000).toISOString() : null,
		};
	};
	const { value, statements } = await updateWith(ctx, id, change, condition);
	const { previousSecretExpiresAt } = value;
	return { value: { secret, secretPrefix: secretPrefix(secret), previousSecretExpiresAt }, statements };
}

/** Plans the end of a grace period: from now on only the newest secret signs. Without a grace period nothing changes. */
export async function activate(ctx: Ctx, id: string, condition: VersionCondition | null) {
	const ended = { previousSecret: null, previousSecretExpiresAt: null };
	const changed = await updateWith(ctx, id, () => ended, condition);
	return { ...changed, value: await showWebhook(ctx.env, changed.value) };
}

const inGrace = (ctx: Ctx, expiresAt: string | null) => expiresAt !== null && Date.parse(expiresAt) > ctx.now;
