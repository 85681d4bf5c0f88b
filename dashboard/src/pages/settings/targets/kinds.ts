// How a target can be told, and of what.
import type { Schemas } from "../../../api.ts";

export type Target = Schemas["NotificationTarget"];
export type Kind = Target["type"];
export type Event = Target["events"][number];

export const kinds: Readonly<Record<Kind, { readonly text: string; readonly hint: string }>> = {
	slack: { text: "Slack", hint: "The address of the channel’s incoming webhook." },
	discord: { text: "Discord", hint: "The channel’s webhook: its settings, Integrations, Webhooks." },
	teams: { text: "Microsoft Teams", hint: "The channel’s workflow that posts when a webhook is received." },
	webhook: { text: "A URL of your own", hint: "It gets JSON with event, text and subject by POST." },
	email: { text: "E-mail", hint: "" },
};

interface Told {
	readonly text: string;
	readonly about: string;
	/** Whoever sets up the target must be able to read it elsewhere. */
	readonly scope: string;
}

/** The compiler checks that none is missing. */
export const events: Readonly<Record<Event, Told>> = {
	"webhook.failing": {
		text: "A webhook is failing",
		about: "Ten attempts in a row failed, or a delivery used up its attempts.",
		scope: "webhooks:read",
	},
	"webhook.disabled": {
		text: "A webhook was disabled",
		about: "Leadwire disabled it, and sends nothing to it until somebody enables it.",
		scope: "webhooks:read",
	},
	"key.expiring": {
		text: "An API key expires",
		about: "Within seven days; a program that uses it will be refused then.",
		scope: "api-keys:read",
	},
	"quota.nearing": {
		text: "A quota is nearly used up",
		about: "80 % of it; when it is used up, creates are refused.",
		scope: "organization:read",
	},
};

export const eventNames = Object.keys(events) as Event[];

/** The field that says where a target of this kind is. */
export const placeOf = (kind: Kind): "address" | "url" => (kind === "email" ? "address" : "url");
