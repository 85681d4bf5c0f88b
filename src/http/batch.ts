// Batches: up to 100 creates, creates-or-updates, updates or deletions in one request, for integrations that have only 60
// requests a minute.
import { z } from "@hono/zod-openapi";
import type { WriteAttempt } from "../context.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { AppError, badRequest, badRequestOf, catchAppError, MAX_ITEM_ERRORS } from "../errors.ts";
import type { Changed } from "../resources/many.ts";
import type { Change } from "../resources/many-read.ts";
import { MAX_BATCH_BODY_BYTES } from "./body.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { ErrorSchema } from "./error-schema.ts";
import { exampleId, id } from "./fields.ts";
import { bodyWithCustomFields } from "./gather.ts";
import { once } from "./once.ts";
import { type Exposed, matchByField, valueToMatch } from "./upsert.ts";
import { check, fieldErrorsOf, parse } from "./validate.ts";
import { performWrite } from "./write.ts";

const MAX_ITEMS = 100;

const modes = z.enum(["create", "upsert", "update", "delete"]);
type Mode = z.output<typeof modes>;
const outcomes = z.enum(["created", "updated", "deleted"]);

const version = () =>
	z
		.int()
		.min(1)
		.openapi({ description: "The item is refused (412) unless the record is still at this version." });

const countOf = (what: string) =>
	z.int().openapi({ description: `The number of ${what}.`, minimum: 0, maximum: MAX_ITEMS });

/** `POST /{resource}/batch`: the valid items are committed together, as if one came after another. */
export function batchEndpoint<Row extends OwnedRow, Create extends object, Update extends object>(
	exposed: Exposed<Row, Create, Update>,
	matchable: readonly string[],
	examples: readonly object[] = [{ name: "Jane Smith" }, { name: "John Doe" }],
): Endpoint {
	const { resource, verbs, schemas } = exposed;
	const { path, tag, one, many, noun, prefix } = resource;
	/** What names the record of an item: all that an item has in the mode `delete`. */
	const keySchema = once(() =>
		z.strictObject({ id: id(prefix).describe(`The id of the ${noun}.`), version: version().optional() }),
	);
	const changeSchema = once(() => {
		const { id: rowId, version: atVersion } = keySchema().shape;
		const fields = { id: rowId.optional(), version: atVersion, ...shapeOf(schemas.update) };
		return bodyWithCustomFields(() => fields, `${one}Change`, {
			example: { id: exampleId(prefix), version: 1 },
		});
	});

	/** Reads an item. Throws the AppError of an invalid one. */
	const changeOf = (mode: Mode, matchBy: string, item: unknown): Change<Create, Update> => {
		if (mode === "delete") return { verb: mode, version: undefined, ...parse(keySchema(), item) };
		if (mode === "update") {
			const { id: rowId, version: atVersion, ...fields } = parse(z.looseObject({}), item);
			const row = check(keySchema(), { id: rowId, version: atVersion });
			const input = check(schemas.update, fields);
			if (row.success && input.success)
				return { verb: mode, version: undefined, ...row.data, input: input.data };
			throw badRequestOf([...fieldErrorsOf(row, keySchema()), ...fieldErrorsOf(input, schemas.update)]);
		}
		const input = parse(schemas.create, item);
		if (mode === "create") return { verb: mode, input };
		return { verb: mode, field: matchBy, value: valueToMatch(matchBy, input), input };
	};

	return endpoint(
		{
			method: "post",
			path: `/${path}/batch`,
			of: resource,
			operationId: `batchCreate${many}`,
			summary: `Create, update or delete up to ${MAX_ITEMS} ${tag.toLowerCase()}`,
			description: `Each item is checked by itself, and the valid ones are written in one transaction, each with its events. The result is that of one request after another: an item finds what the items before it did. Counts as one request. \`mode\` says what is done with the items: \`create\`, \`upsert\` (updates the one ${noun} whose \`matchBy\` field has the item's value, or creates it), \`update\` (changes the fields of the ${noun} with the item's \`id\`) or \`delete\`.`,
			message: "Batch carried out successfully",
			body: once(() =>
				z
					.strictObject({
						mode: modes.optional().describe("What is done with the items. Default: `create`."),
						matchBy: matchByField(matchable).optional(),
						items: z
							// Items are validated one by one in the handler; the document describes their schema.
							.array(z.unknown())
							.min(1)
							.max(MAX_ITEMS)
							.openapi({
								description:
									"For `create` and `upsert` the fields of each record, for `update` its `id` and the fields to change, for `delete` its `id`.",
								items: {
									anyOf: [`${one}Create`, `${one}Change`].map((name) => ({
										$ref: `#/components/schemas/${name}`,
									})),
								},
							}),
					})
					.openapi(`${many}Batch`, { example: { items: examples } }),
			),
			bodyLimit: MAX_BATCH_BODY_BYTES,
			schemas: { [`${one}Change`]: changeSchema },
			answers: {
				200: {
					description: "One result per item, in order.",
					schema: once(() => resultSchema(many, prefix)),
				},
			},
		},
		({ ctx, body: { mode = "create", matchBy, items } }) => {
			if ((matchBy === undefined) === (mode === "upsert")) {
				const message =
					mode === "upsert" ? "Required, because `mode` is upsert." : "Only with `mode` upsert.";
				throw badRequest("matchBy", message);
			}
			const parsed = items.map((item) => catchAppError(() => changeOf(mode, matchBy ?? "", item)));
			const changes = parsed.flatMap((change) => (change instanceof AppError ? [] : [change]));
			const plan = async (attempt: WriteAttempt) => {
				const { value, statements } = await verbs.changeMany(attempt, changes);
				const results = value.values();
				return {
					value: parsed.map((change) => (change instanceof AppError ? change : results.next().value)),
					statements,
				};
			};
			return performWrite(ctx, plan, (results) => ({ status: 200, body: answerOf(results) }));
		},
	);
}

const shapeOf = (schema: z.ZodType): z.ZodRawShape => (schema instanceof z.ZodObject ? schema.shape : {});

/** The body that says what became of each item. */
function answerOf(results: readonly (Changed<OwnedRow> | AppError | undefined)[]) {
	const counts = { created: 0, updated: 0, deleted: 0, failed: 0 };
	const items = results.map((result, index) => {
		if (!result || result instanceof AppError) {
			counts.failed += 1;
			const { code, message, errors } = result ?? new AppError("INTERNAL_ERROR", "");
			return {
				index,
				error: { code, message, ...(errors ? { errors: errors.slice(0, MAX_ITEM_ERRORS) } : {}) },
			};
		}
		const { outcome, row } = result;
		counts[outcome] += 1;
		return { index, id: row.id, outcome, ...(outcome === "deleted" ? {} : { version: row.version }) };
	});
	return { ...counts, results: items };
}

function resultSchema(many: string, prefix: string) {
	const Result = z.object({
		index: z
			.int()
			.openapi({ description: "The index of the item, from 0.", minimum: 0, maximum: MAX_ITEMS - 1 }),
		id: id(prefix).optional().describe("The id of the record."),
		outcome: outcomes.optional().describe("What was done with it."),
		version: z.int().min(1).optional().describe("Its version after the item; left out if it is deleted."),
		error: ErrorSchema.omit({ requestId: true })
			.optional()
			.openapi({
				description: `Why the item was refused; \`errors\` has the first ${MAX_ITEM_ERRORS} invalid fields.`,
			}),
	});
	return z
		.object({
			created: countOf("created records"),
			updated: countOf("updated records, with those that needed no change"),
			deleted: countOf("deleted records"),
			failed: countOf("refused items"),
			results: z.array(Result).max(MAX_ITEMS).describe("One result per item, in the order of the items."),
		})
		.openapi(`${many}BatchResult`, {
			example: {
				created: 1,
				updated: 0,
				deleted: 0,
				failed: 1,
				results: [
					{ index: 0, id: exampleId(prefix), outcome: "created", version: 1 },
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
		});
}
