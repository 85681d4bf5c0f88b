import { crud } from "../../http/crud.ts";
import { forms, formVerbs } from "./forms.ts";
import { Form, FormCreate, FormUpdate } from "./schema.ts";

export const formEndpoints = Object.values(
	crud({
		resource: forms,
		verbs: formVerbs,
		schemas: { wire: Form, create: FormCreate, update: FormUpdate },
		causes: { submissionCount: "It counts the responses sent to POST /form-responses." },
	}),
);
