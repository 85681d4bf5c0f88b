// The schema of each type of custom field, from which site/own-document.ts makes those of an organization's fields.
import { OpenAPIHono, type z } from "@hono/zod-openapi";
import { fieldTypeNames } from "../custom-fields/types.ts";
import { answerSchemaOf, parameterSchemaOf, schemaOf } from "../custom-fields/values.ts";
import { repeatable } from "../http/list-query.ts";
import { type FieldSchemas, LABEL, OPTION } from "../site/field-schema.ts";
import type { Schema } from "../site/types.ts";
import { info } from "./info.ts";

/** The schemas of all types, for a field whose label is LABEL and whose only option is OPTION. */
export const fieldSchemas = (): Readonly<Record<string, FieldSchemas>> =>
	Object.fromEntries(
		fieldTypeNames.map((type) => {
			const field = { type, options: [OPTION] };
			const filter = parameterSchemaOf(field);
			return [
				type,
				{
					required: written(schemaOf(field)),
					optional: written(schemaOf(field).nullable()),
					answer: written(answerSchemaOf(field).nullable()),
					filter: filter && written(repeatable(filter, `Only those whose ${LABEL} is this.`)),
				},
			];
		}),
	);

/** A schema as the document writes it. */
function written(schema: z.ZodType): Schema {
	const writer = new OpenAPIHono();
	writer.openAPIRegistry.register("Field", schema);
	const { components } = writer.getOpenAPI31Document({ openapi: "3.1.0", info });
	return components?.schemas?.Field ?? {};
}
