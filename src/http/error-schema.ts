// The body of every error, for the document and for the items of batches.

import { z } from "@hono/zod-openapi";
import { errorCodes, MAX_ERRORS, MAX_PATH_CHARACTERS } from "../errors.ts";
import { objectOf } from "./objects.ts";

/** The body of every error. */
export const ErrorSchema = objectOf(() => ({
	code: z.enum(errorCodes).describe("The code of the error."),
	message: z.string().openapi({
		maxLength: 10_000,
		description:
			"A description of the error; for a bad request, of the first field at fault, with their number if they are more than ten.",
	}),
	requestId: z.string().openapi({ maxLength: 128, description: "The `X-Request-Id` of the answer." }),
	errors: z
		.array(
			z.object({
				path: z
					.string()
					.max(MAX_PATH_CHARACTERS)
					.describe("The path in the request, e.g. `lineItems.0.price`; empty for the whole request."),
				message: z.string().openapi({ maxLength: 10_000, description: "A description of what is wrong." }),
			}),
		)
		.max(MAX_ERRORS)
		.optional()
		.describe(`Every field at fault, the first ${MAX_ERRORS} of them.`),
})).openapi("Error", { description: "The shape of every error." });
