import { z } from "@hono/zod-openapi";
import { crud } from "../../http/crud.ts";
import type { Endpoint } from "../../http/endpoint.ts";
import { forms, formVerbs } from "./forms.ts";
import { formResponses, formResponseVerbs } from "./responses.ts";
import { Form, FormCreate, FormResponse, FormResponseCreate, FormUpdate } from "./schema.ts";

export const formEndpoints: readonly Endpoint[] = Object.values(
	crud({
		resource: forms,
		verbs: formVerbs,
		schemas: { wire: Form, create: FormCreate, update: FormUpdate },
		causes: { submissionCount: "It counts what is sent to POST /form-responses." },
	}),
);

const responses = {
	resource: formResponses,
	verbs: formResponseVerbs,
	schemas: { wire: FormResponse, create: FormResponseCreate, update: z.never() },
};

const { list, create, get } = crud(responses);

export const formResponseEndpoints: readonly Endpoint[] = [list, create, get];
