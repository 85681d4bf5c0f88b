// What a notification says, in the form that each type of target takes.
import { escapeForSlack } from "../delivery/template.ts";
import type { NotificationEvent } from "./events.ts";

interface Subject {
	readonly id?: string;
	readonly name?: string | null;
	/** When it began or, for a key, when it ends (ms). */
	readonly at?: number | null;
	readonly reason?: string | null;
	readonly used?: number;
	readonly limit?: number;
}

export interface Notice {
	readonly event: NotificationEvent;
	readonly organizationId: string;
	readonly at: number;
	readonly subject: Subject;
}

const called = ({ id, name }: Subject) => (name ? `"${name}" (${id})` : String(id));
const on = (ms: number | null | undefined) =>
	ms ? new Date(ms).toISOString().replace("T", " ").slice(0, 16) : "";

const sentences: Readonly<Record<NotificationEvent, (subject: Subject) => string>> = {
	"webhook.failing": (one) =>
		`The webhook ${called(one)} has been failing since ${on(one.at)} UTC. Its delivery log shows why. When its receiver works again, send again what has failed: "Send again" in the dashboard, or the operation "recover".`,
	"webhook.disabled": (one) =>
		`The webhook ${called(one)} was disabled: ${one.reason} Nothing is sent to it until you enable it.`,
	"key.expiring": (one) =>
		`The API key ${called(one)} expires on ${on(one.at)} UTC. Rotate it or create another before.`,
	"quota.nearing": (one) =>
		`${one.used} of ${one.limit} of the quota ${one.id} are used. When it is used up, creates are refused.`,
};

/** The notification as a text. */
export const textOf = ({ event, subject }: Notice): string => sentences[event](subject);

const bodies: Readonly<Record<string, (notice: Notice, text: string) => object>> = {
	slack: (_, text) => ({ text: escapeForSlack(text) }),
	discord: (_, text) => ({ content: text, allowed_mentions: { parse: [] } }),
	teams: (_, text) => ({
		type: "message",
		attachments: [
			{
				contentType: "application/vnd.microsoft.card.adaptive",
				content: { type: "AdaptiveCard", version: "1.4", body: [{ type: "TextBlock", text, wrap: true }] },
			},
		],
	}),
	webhook: ({ event, organizationId, at, subject }, text) => ({
		event,
		organizationId,
		timestamp: new Date(at).toISOString(),
		text,
		// As all times outside; it is stored in ms.
		subject: subject.at ? { ...subject, at: new Date(subject.at).toISOString() } : subject,
	}),
};

/** The body of the request to a target of this type. */
export const bodyOf = (type: string, notice: Notice): string =>
	JSON.stringify(bodies[type]?.(notice, textOf(notice)) ?? {});
