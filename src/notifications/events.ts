// What targets are told of, and the scope that reading it elsewhere needs.
import { keysOf } from "../keys.ts";

export const notificationEvents = {
	"webhook.failing": {
		scope: "webhooks:read",
		about: "ten attempts in a row failed, or a delivery used up its attempts",
	},
	"webhook.disabled": { scope: "webhooks:read", about: "this server disabled a webhook" },
	"key.expiring": { scope: "api-keys:read", about: "an API key expires within 7 days" },
	"quota.nearing": { scope: "organization:read", about: "80 % of a quota are used" },
} as const;

export type NotificationEvent = keyof typeof notificationEvents;

export const notificationEventNames = keysOf(notificationEvents);
