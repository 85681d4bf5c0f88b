// What a body can't set although answers show it: said so, with what does set it, instead of calling it unknown.
import { z } from "@hono/zod-openapi";

/** How a caller brings about what only the server sets, by the field. */
export type Causes = Readonly<Record<string, string>>;

/** The cause of `deletedAt`. */
export const DELETED_ELSEWHERE = "To delete or restore it there are operations of their own.";

const words = new WeakMap<z.ZodType, ReadonlyMap<string, string>>();

const fieldsOf = (schema: z.ZodType | undefined): string[] =>
	schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

/**
 * Remembers what bodies of a schema can't set.
 * @param shown the schema of answers
 * @param causes what a caller can do about a field, as a sentence
 * @param once the schema of creates, for bodies of updates: what stands there can't be changed later
 */
export function owned(body: z.ZodType, shown: z.ZodType, causes: Causes = {}, once?: z.ZodType): void {
	const taken = new Set(fieldsOf(body));
	const fixed = new Set(fieldsOf(once));
	const refused = [...fieldsOf(shown), ...Object.keys(causes), "organizationId"].filter(
		(field) => !taken.has(field),
	);
	const say = (field: string) =>
		[fixed.has(field) ? "Can't be changed once it is created." : "The server sets this.", causes[field]]
			.filter(Boolean)
			.join(" ");
	words.set(body, new Map(refused.map((field) => [field, say(field)])));
}

/** The words for a field at the top of a body that only the server sets; undefined where it is unknown. */
export const ownedWords = (body: z.ZodType, field: string) => words.get(body)?.get(field);
