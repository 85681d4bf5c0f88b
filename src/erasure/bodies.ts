// Removes personal data from an event's body when the person is erased; the result still fits the event's schema.
import { isJsonObject, type JsonObject } from "../json.ts";
import { ERASED, erasedSaveLead } from "./personal.ts";
import type { Rule } from "./rules.ts";

/** The fields that are kept in the flat bodies of calls and chats. */
const KEPT_FLAT_FIELDS = new Set([
	"event",
	"timestamp",
	"webhookId",
	"agentId",
	"agentName",
	"conversationId",
	"conversationType",
	"status",
	"outcome",
	"duration",
	"direction",
	"agentNumber",
	"messageCount",
	"organizationId",
]);

/**
 * The body without personal data.
 * @param custom keys of the custom fields whose values are kept
 */
export function withoutPersonalData(type: string, body: JsonObject, rule: Rule, custom: ReadonlySet<string>) {
	if (type === "save_lead") return { data: erasedSaveLead };
	const { data, changes } = body;
	if (!isJsonObject(data)) return eraseFlatBody(body);
	const blank = new Map(Object.entries(rule.replacements));
	const keptEntries = (fields: JsonObject) =>
		Object.entries(fields).filter(([field]) => !field.startsWith("cf_") || custom.has(field));
	return {
		...body,
		data: Object.fromEntries(
			keptEntries(data).map(([field, value]) => [field, blank.has(field) ? blank.get(field) : value]),
		),
		...(isJsonObject(changes)
			? { changes: Object.fromEntries(keptEntries(changes).filter(([field]) => !blank.has(field))) }
			: {}),
	};
}

function eraseFlatBody(body: JsonObject): JsonObject {
	const keptFields = Object.fromEntries(
		Object.entries(body).filter(([field]) => KEPT_FLAT_FIELDS.has(field)),
	);
	const { message } = body;
	return {
		...keptFields,
		metadata: {},
		...(isJsonObject(message) ? { message: { ...message, text: ERASED } } : {}),
	};
}
