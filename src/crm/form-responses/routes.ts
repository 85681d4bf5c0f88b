import { z } from "@hono/zod-openapi";
import { crud } from "../../http/crud.ts";
import { formResponses, formResponseVerbs } from "./form-responses.ts";
import { FormResponse, FormResponseCreate } from "./schema.ts";

const { list, create, get } = crud({
	resource: formResponses,
	verbs: formResponseVerbs,
	schemas: { wire: FormResponse, create: FormResponseCreate, update: z.never() },
});

export const formResponseEndpoints = [list, create, get];
