// The body of a delivery: the event's payload, or a text for Slack made of it. The same bytes on every attempt, but for names that
// the webhook wants beside ids (names.ts). The template is stored with the delivery, so that a later change of the webhook doesn't
// change what is sent again.
import { type Names, withNames } from "./names.ts";
import { renderTemplate } from "./template.ts";

export interface BodyParts {
	readonly deliveryId: string;
	/** The event's payload; null if the event is gone. */
	readonly payload: string | null;
	/** Of a delivery to Slack; null for one in JSON. */
	readonly template: string | null;
	/** Those to add; null for none. */
	readonly names: Names | null;
}

/**
 * The exact body of an attempt.
 * @throws Error if the event is gone: it is kept while deliveries of it wait
 */
export function bodyOf({ deliveryId, payload, template, names }: BodyParts): string {
	if (payload === null) throw new Error("The event of this delivery is gone.");
	const filled = fillDeliveryId(payload, deliveryId);
	const body = names === null ? filled : withNames(filled, names);
	return template === null ? body : JSON.stringify({ text: renderTemplate(template, JSON.parse(body)) });
}

/**
 * The event's payload with the delivery's id filled in. The text is edited, not parsed, so that every attempt sends the same
 * bytes. Inside a JSON string the quotes would be escaped, so the first match is the envelope's.
 */
function fillDeliveryId(payload: string, deliveryId: string): string {
	return payload.replace('"webhookId":""', `"webhookId":"${deliveryId}"`);
}
