// What can be done to a webhook besides changing its fields.
import type { ShownWebhook } from "../delivery/receiver.ts";
import { resourceAnswer } from "../http/answer.ts";
import { writeEndpoint } from "../http/write.ts";
import { identities } from "../identities.ts";
import { SecretRotate, SecretRotated, Webhook } from "./schema.ts";
import * as secrets from "./secrets.ts";
import { resume as endPause } from "./verbs.ts";

const actionEndpoint = {
	method: "post",
	of: identities.webhooks,
	conditional: true,
} as const;

const webhookAnswers = {
	200: { description: "The webhook.", schema: Webhook, headers: ["ETag"] },
} as const;

const updated = (webhook: ShownWebhook) => resourceAnswer(200, webhook);

const resume = writeEndpoint(
	{
		...actionEndpoint,
		path: "/webhooks/{id}/resume",
		operationId: "resumeWebhook",
		summary: "Resume a paused webhook",
		description:
			"Ends the pause that starts after ten failures in a row. Use it when the receiver works again: waiting deliveries are sent at once, oldest first. A webhook that is not paused does not change.",
		message: "Webhook resumed successfully",
		answers: webhookAnswers,
	},
	({ ctx, id, condition }) => endPause(ctx, id, condition),
	updated,
);

const rotate = writeEndpoint(
	{
		...actionEndpoint,
		path: "/webhooks/{id}/rotate-secret",
		operationId: "rotateWebhookSecret",
		summary: "Rotate a webhook's secret",
		description:
			"Gives the webhook a new secret, which is only shown in this answer. During the grace period `webhook-signature` has a signature with each secret, and the older `X-Webhook-Signature-256` one with the old secret, so receivers can change to the new one at any time. The secret can't be rotated again during the grace period.",
		message: "Secret rotated successfully",
		body: SecretRotate,
		bodyOptional: true,
		answers: { 200: { description: "The new secret.", schema: SecretRotated } },
	},
	({ ctx, id, body, condition }) => secrets.rotate(ctx, id, condition, body),
	(rotated) => ({ status: 200, body: rotated, secret: true }),
);

const activate = writeEndpoint(
	{
		...actionEndpoint,
		path: "/webhooks/{id}/activate-secret",
		operationId: "activateWebhookSecret",
		summary: "Activate a webhook's new secret",
		description: "Ends the grace period of a rotation early: from now on only the new secret signs.",
		message: "Secret activated successfully",
		answers: webhookAnswers,
	},
	({ ctx, id, condition }) => secrets.activate(ctx, id, condition),
	updated,
);

export const actionEndpoints = [resume, rotate, activate];
