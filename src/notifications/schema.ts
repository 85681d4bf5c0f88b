// Notification targets in requests and answers.

import { z } from "@hono/zod-openapi";
import { commonExample, email, name, sharedFields } from "../http/fields.ts";
import { objectOf, strictObjectOf } from "../http/objects.ts";
import { once } from "../http/once.ts";
import { bodies, nullable } from "../http/shapes.ts";
import { identities } from "../identities.ts";
import { notificationEventNames, notificationEvents } from "./events.ts";

const required = once(() => ({
	name: name().openapi({ description: "The name of the target.", example: "Operations channel" }),
	type: z
		.enum(["slack", "discord", "teams", "webhook", "email"])
		.describe(
			"How it is told: a message to the incoming webhook of a Slack, Discord or Teams channel; JSON with `event`, `organizationId`, `timestamp`, `text` and `subject` to a URL of your own; or an e-mail, where this server can send them.",
		),
}));

/** Where it is told: the one that its type has, the other is null. */
const places = once(() => ({
	url: z.string().max(2_048).openapi({
		description:
			"Required for every type but `email`, which has none: a URL that is allowed for a webhook, too. It is shown to every key that may read targets.",
		example: "https://hooks.example.com/services/T000/B000/XXXX",
	}),
	address: email().openapi({
		description: "Required for `email`; the other types have none: an e-mail address.",
		example: "operations@example.com",
	}),
}));

const preset = once(() => ({
	events: z
		.array(z.enum(notificationEventNames))
		.min(1)
		.max(notificationEventNames.length)
		.openapi({
			description: `What it is told of. Default: everything that the key may read. ${Object.entries(
				notificationEvents,
			)
				.map(([event, { about }]) => `\`${event}\`: ${about}.`)
				.join(
					" ",
				)} Each is told once when it begins, and again after a week if it still holds; a webhook that fails again within six hours is not told twice.`,
			example: ["webhook.failing", "webhook.disabled"],
		}),
}));

const example = {
	name: "Operations channel",
	type: "slack" as const,
	url: "https://hooks.example.com/services/T000/B000/XXXX",
};

const { create, update } = bodies(required, places, preset);

export const NotificationTargetCreate = strictObjectOf(create).openapi("NotificationTargetCreate", {
	example,
});

export const NotificationTargetUpdate = strictObjectOf(update).openapi("NotificationTargetUpdate", {
	example: { events: ["webhook.failing"] },
});

export const NotificationTarget = objectOf(() => ({
	...sharedFields(identities["notification-targets"]),
	...required(),
	...nullable(places()),
	...preset(),
})).openapi("NotificationTarget", {
	example: {
		...commonExample(identities["notification-targets"]),
		...example,
		address: null,
		events: notificationEventNames,
	},
});

export type NotificationTargetCreateInput = z.output<typeof NotificationTargetCreate>;
export type NotificationTargetUpdateInput = z.output<typeof NotificationTargetUpdate>;
