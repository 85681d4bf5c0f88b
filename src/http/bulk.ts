// Batch creates and create-or-update, for integrations that have only 60 requests a minute.
import { z } from "@hono/zod-openapi";
import type { WriteAttempt } from "../context.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { AppError, badRequest } from "../errors.ts";
import { capitalize, withArticle } from "../words.ts";
import { MAX_BATCH_BODY_BYTES } from "./body.ts";
import { type Exposure, rowAnswer } from "./crud.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { exampleId, id } from "./fields.ts";
import { bodyWithCustomFields } from "./gather.ts";
import { ErrorSchema } from "./openapi.ts";
import { registerServerSetFields } from "./owned.ts";
import { check, toBadRequest } from "./validate.ts";
import { performWrite, writeEndpoint } from "./write.ts";

const MAX_ITEMS = 100;
/** Bounds the errors per item, so that the answer is small enough to be stored for an Idempotency-Key. */
const MAX_ITEM_ERRORS = 10;

/** An exposure whose verbs are given, so that batch and upsert use the same verbs as the shared endpoints. */
type Exposed<Row extends OwnedRow, Create extends object, Update extends object> = Exposure<
	Row,
	Create,
	Update
> &
	Required<Pick<Exposure<Row, Create, Update>, "verbs">>;

/** `POST /{resource}/batch`: up to 100 creates in one request; the valid ones are committed together. */
export function batchCreate<Row extends OwnedRow, Create extends object, Update extends object>(
	{ resource, verbs, schemas }: Exposed<Row, Create, Update>,
	examples: readonly object[] = [{ name: "Jane Smith" }, { name: "John Doe" }],
): Endpoint {
	const { path, tag, one, many, prefix } = resource;
	const Result = z.object({
		index: z
			.int()
			.openapi({ description: "The index of the item, from 0.", minimum: 0, maximum: MAX_ITEMS - 1 }),
		id: id(prefix).optional().describe("The id of the created record."),
		error: ErrorSchema.omit({ requestId: true })
			.optional()
			.openapi({
				description: `Why it was refused; \`errors\` has the first ${MAX_ITEM_ERRORS} invalid fields.`,
			}),
	});
	return endpoint(
		{
			method: "post",
			path: `/${path}/batch`,
			scope: `${path}:write`,
			tag,
			operationId: `batchCreate${many}`,
			summary: `Create up to ${MAX_ITEMS} ${tag.toLowerCase()}`,
			description:
				"Each item is validated by itself; the valid ones are created in one transaction, each with its event. Counts as one request.",
			message: `${tag} created successfully`,
			body: z
				.strictObject({
					items: z
						// Items are validated one by one in the handler; the document describes their schema.
						.array(z.unknown())
						.min(1)
						.max(MAX_ITEMS)
						.openapi({
							description: "The records to create.",
							items: { $ref: `#/components/schemas/${one}Create` },
						}),
				})
				.openapi(`${many}Batch`, { example: { items: examples } }),
			bodyLimit: MAX_BATCH_BODY_BYTES,
			answers: {
				200: {
					description: "One result per item, in order.",
					schema: z
						.object({
							created: z
								.int()
								.openapi({ description: "The number of created records.", minimum: 0, maximum: MAX_ITEMS }),
							failed: z
								.int()
								.openapi({ description: "The number of refused items.", minimum: 0, maximum: MAX_ITEMS }),
							results: z
								.array(Result)
								.max(MAX_ITEMS)
								.describe("One result per item, in the order of the items."),
						})
						.openapi(`${many}BatchResult`, {
							example: {
								created: 1,
								failed: 1,
								results: [
									{ index: 0, id: exampleId(prefix) },
									{
										index: 1,
										error: {
											code: "BAD_REQUEST",
											message: "nam: Unknown field.",
											errors: [{ path: "nam", message: "Unknown field." }],
										},
									},
								],
							},
						}),
				},
			},
		},
		({ ctx, body }) => {
			const parsed = body.items.map((item) => check(schemas.create, item));
			const valid = parsed.flatMap((result) => (result.success ? [result.data] : []));
			const errors = parsed.map((result) =>
				result.success ? null : toBadRequest(result.error, schemas.create),
			);
			const plan = async (attempt: WriteAttempt) => {
				const { value, statements } = await verbs.createMany(attempt, valid);
				const results = value.values();
				return { value: errors.flatMap((error) => error ?? results.next().value ?? []), statements };
			};
			return performWrite(ctx, plan, (outcomes) => {
				const results = outcomes.map((outcome, index) =>
					outcome instanceof AppError
						? {
								index,
								error: {
									code: outcome.code,
									message: outcome.message,
									...(outcome.errors ? { errors: outcome.errors.slice(0, MAX_ITEM_ERRORS) } : {}),
								},
							}
						: { index, id: outcome.id },
				);
				const failed = results.filter((result) => "error" in result).length;
				return { status: 200, body: { created: results.length - failed, failed, results } };
			});
		},
	);
}

/** The body of an upsert: that of a create, and the field to match by. */
export function upsertBody<S extends z.ZodRawShape>(
	name: string,
	matchable: readonly string[],
	shape: S,
	example: object,
) {
	const matchBy = z
		.string()
		.max(255)
		.refine(
			(field) => matchable.includes(field) || field.startsWith("cf_"),
			`Expected one of ${matchable.join(", ")} or cf_<key>.`,
		)
		.openapi({
			description: `The field that existing records are matched by: ${matchable.join(", ")} or \`cf_<key>\`.`,
		});
	return bodyWithCustomFields({ matchBy, ...shape }, name, { example });
}

/** `POST /{resource}/upsert`: updates the record that matches, or creates one. */
export function upsert<Row extends OwnedRow, Create extends object, Update extends object>(
	{ resource, verbs, schemas, causes }: Exposed<Row, Create, Update>,
	matchable: readonly [string, ...string[]],
	body: z.ZodType<Create & { matchBy: string }>,
): Endpoint {
	const { path, tag, one, noun } = resource;
	registerServerSetFields(body, schemas.wire, causes);
	return writeEndpoint(
		{
			method: "post",
			path: `/${path}/upsert`,
			scope: `${path}:write`,
			tag,
			operationId: `upsert${one}`,
			summary: `Create or update ${withArticle(noun)}`,
			description: `Updates the one ${noun} whose \`matchBy\` field (${matchable.join(", ")}) has the given value, or creates it. Several matches are a 409.`,
			message: `${capitalize(noun)} saved successfully`,
			body,
			answers: {
				200: { description: "Updated.", schema: schemas.wire, headers: ["ETag"] },
				201: { description: "Created.", schema: schemas.wire, headers: ["ETag", "Location"] },
			},
		},
		({ ctx, body: { matchBy, ...input } }) => {
			const fields = new Map<string, unknown>(Object.entries(input));
			for (const [key, custom] of Object.entries(fields.get("cf_") ?? {})) fields.set(key, custom);
			const value = fields.get(matchBy) ?? null;
			if (value === null || typeof value === "object") {
				throw badRequest({ path: matchBy, message: "Required, because `matchBy` names it." });
			}
			return verbs.upsert(ctx, matchBy, value, input as unknown as Create);
		},
		({ row, created }) =>
			rowAnswer(created ? 201 : 200, row, created ? `/api/v1/${path}/${row.id}` : undefined),
	);
}
