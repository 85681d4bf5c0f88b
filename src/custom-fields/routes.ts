import { crud } from "../http/crud.ts";
import { customFields, customFieldVerbs } from "./definitions.ts";
import { CustomField, CustomFieldCreate, CustomFieldUpdate } from "./schema.ts";

export const customFieldEndpoints = Object.values(
	crud({
		resource: customFields,
		verbs: customFieldVerbs,
		schemas: { wire: CustomField, create: CustomFieldCreate, update: CustomFieldUpdate },
		causes: { key: "It is made from `label` on create." },
	}),
);
