import { crud } from "../../http/crud.ts";
import type { Endpoint } from "../../http/endpoint.ts";
import { forms, formVerbs } from "./forms.ts";
import { Form, FormCreate, FormUpdate } from "./schema.ts";

export const formEndpoints: readonly Endpoint[] = Object.values(
	crud({
		resource: forms,
		verbs: formVerbs,
		schemas: { wire: Form, create: FormCreate, update: FormUpdate },
		causes: { submissionCount: "It counts the responses sent to POST /form-responses." },
	}),
);
