// Messages for fields that answers have but only the server sets: instead of "Unknown field", they say what changes the field.
import { z } from "@hono/zod-openapi";
import { once } from "./once.ts";

/** For fields that only the server sets: a sentence about what changes them. */
export type Causes = Readonly<Record<string, string>>;

/** The sentence for `deletedAt`. */
export const DELETED_AT_CAUSE = "Use the delete and restore operations.";

/** By the schema of a body, made when a field of it is refused: most isolates refuse none. */
const messages = new WeakMap<z.ZodType, () => ReadonlyMap<string, string>>();

const fieldsOf = (schema: z.ZodType | undefined): string[] =>
	schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

/**
 * Registers the fields that bodies of a schema, or objects in them, can't set.
 * @param shown the schema of answers
 * @param causes what changes a field, as a sentence
 * @param create for bodies of updates, the schema of creates: its other fields can't be changed later
 */
export function registerServerSetFields(
	body: z.ZodType,
	shown: z.ZodType,
	causes: Causes = {},
	create?: z.ZodType,
): void {
	const messageOf = (field: string, createFields: readonly string[]) =>
		[
			createFields.includes(field) ? "Can't be changed once it is created." : "The server sets this.",
			causes[field],
		]
			.filter(Boolean)
			.join(" ");
	const messagesOfBody = once(() => {
		const [bodyFields, createFields] = [fieldsOf(body), fieldsOf(create)];
		const refused = [...fieldsOf(shown), ...Object.keys(causes), "organizationId"].filter(
			(field) => !bodyFields.includes(field),
		);
		return new Map(refused.map((field) => [field, messageOf(field, createFields)]));
	});
	messages.set(body, messagesOfBody);
}

/** The message for a field of a body, or of an object in one, that only the server sets; undefined for an unknown field. */
export const serverSetMessage = (body: z.ZodType, field: string) => messages.get(body)?.().get(field);
