// The schema of one custom field, made of the one of its type.
import type { Definition } from "../custom-fields/definitions.ts";
import type { Schema } from "./types.ts";

/** The schemas of a type of custom field, for each place where one is described; null where lists can't be filtered by it. */
export interface FieldSchemas {
	/** In a body, where it may not be `null`. */
	readonly required: Schema;
	readonly optional: Schema;
	readonly answer: Schema;
	readonly filter: Schema | null;
}

/** What stands in them for the options and the label of a field. */
export const OPTION = "{option}";
export const LABEL = "{label}";

/** The schema of a field, described by its label. */
export function fieldSchema(template: Schema, { label, options }: Definition): Schema {
	const fill = (text: string) =>
		text.replaceAll(OPTION, () => options.join(", ")).replaceAll(LABEL, () => label);
	const schema: Schema = JSON.parse(JSON.stringify(template), (key, value) => {
		if (key === "enum" && Array.isArray(value))
			return value.flatMap((one: unknown) => (one === OPTION ? options : [one]));
		return key === "description" && typeof value === "string" ? fill(value) : value;
	});
	const note = "description" in schema && schema.description ? `. ${schema.description}` : "";
	return { ...schema, description: `${label}${note}` };
}
