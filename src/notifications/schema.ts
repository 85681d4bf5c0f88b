// Notification targets in requests and answers.
import { z } from "@hono/zod-openapi";
import { commonExample, name, optional, sharedFields } from "../http/fields.ts";
import { identities } from "../identities.ts";
import { notificationEventNames, notificationEvents } from "./events.ts";

const required = {
	name: name().openapi({ description: "The name of the target.", example: "Operations channel" }),
	type: z
		.enum(["slack", "discord", "teams", "webhook", "email"])
		.describe(
			"How it is told: a message to the incoming webhook of a Slack, Discord or Teams channel; JSON with `event`, `organizationId`, `timestamp`, `text` and `subject` to a URL of your own; or an e-mail, where this server can send them.",
		),
	to: z.string().min(1).max(2_048).openapi({
		description:
			"The URL, which must be allowed for a webhook, too; for `email` the address. It is shown to every key that may read targets.",
		example: "https://hooks.slack.com/services/T000/B000/XXXX",
	}),
};

const preset = {
	events: z
		.array(z.enum(notificationEventNames))
		.min(1)
		.max(notificationEventNames.length)
		.openapi({
			description: `What it is told of. Default: everything that the key may read. ${Object.entries(
				notificationEvents,
			)
				.map(([event, { about }]) => `\`${event}\`: ${about}.`)
				.join(" ")} Each is told once when it begins, and again after a week if it still holds.`,
			example: ["webhook.failing", "webhook.disabled"],
		}),
};

const example = {
	name: "Operations channel",
	type: "slack" as const,
	to: "https://hooks.slack.com/services/T000/B000/XXXX",
};

export const NotificationTargetCreate = z
	.strictObject({ ...required, ...optional(preset) })
	.openapi("NotificationTargetCreate", { example });

export const NotificationTargetUpdate = z
	.strictObject(optional({ ...required, ...preset }))
	.openapi("NotificationTargetUpdate", { example: { events: ["webhook.failing"] } });

export const NotificationTarget = z
	.object({ ...sharedFields(identities["notification-targets"]), ...required, ...preset })
	.openapi("NotificationTarget", {
		example: {
			...commonExample(identities["notification-targets"]),
			...example,
			events: notificationEventNames,
		},
	});

export type NotificationTargetCreateInput = z.output<typeof NotificationTargetCreate>;
export type NotificationTargetUpdateInput = z.output<typeof NotificationTargetUpdate>;
