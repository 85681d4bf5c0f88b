// The body of a delivery, the same bytes on every attempt: the event's payload, or a text for Slack made of it. The template is
// stored with the delivery, so that a later change of the webhook doesn't change what is sent again.
import { renderTemplate } from "./template.ts";

/** @param template of a delivery to Slack; null for one in JSON */
export function bodyOf(payload: string, deliveryId: string, template: string | null): string {
	const body = fillDeliveryId(payload, deliveryId);
	return template === null ? body : JSON.stringify({ text: renderTemplate(template, JSON.parse(body)) });
}

/**
 * The event's payload with the delivery's id filled in. The text is edited, not parsed, so that every attempt sends the same
 * bytes. Inside a JSON string the quotes would be escaped, so the first match is the envelope's.
 */
function fillDeliveryId(payload: string, deliveryId: string): string {
	return payload.replace('"webhookId":""', `"webhookId":"${deliveryId}"`);
}
