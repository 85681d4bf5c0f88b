// Create-or-update by the value of a field.
import { z } from "@hono/zod-openapi";
import type { OwnedRow } from "../db/owned-row.ts";
import { badRequest } from "../errors.ts";
import { capitalize, withArticle } from "../words.ts";
import { type Exposure, rowAnswer } from "./crud.ts";
import type { Endpoint } from "./endpoint.ts";
import { MAX_FIELD_NAME } from "./fields.ts";
import { bodyWithCustomFields } from "./gather.ts";
import { registerServerSetFields } from "./server-set-fields.ts";
import { writeEndpoint } from "./write.ts";

/** An exposure whose verbs are given, so that batch and upsert use the same verbs as the shared endpoints. */
export type Exposed<Row extends OwnedRow, Create extends object, Update extends object> = Exposure<
	Row,
	Create,
	Update
> &
	Required<Pick<Exposure<Row, Create, Update>, "verbs">>;

/** A field to match by: one of these, or any custom field. */
export function matchByField(matchable: readonly string[]) {
	const names = matchable.length > 0 ? `${matchable.join(", ")} or ` : "";
	return z
		.string()
		.max(MAX_FIELD_NAME)
		.refine(
			(field) => matchable.includes(field) || field.startsWith("cf_"),
			`Expected ${names && "one of "}${names}cf_<key>.`,
		)
		.openapi({
			description: `The field that existing records are matched by: ${names}\`cf_<key>\` of any type but \`longText\` and \`multiSelect\`.`,
		});
}

/**
 * The value of an input that existing records are matched by.
 * @throws AppError 400 if it is missing
 */
export function valueToMatch(matchBy: string, input: object): unknown {
	const fields = new Map<string, unknown>(Object.entries(input));
	for (const [key, custom] of Object.entries(fields.get("cf_") ?? {})) fields.set(key, custom);
	const value = fields.get(matchBy) ?? null;
	if (value === null) throw badRequest(matchBy, "Required, because `matchBy` names it.");
	return value;
}

/** The body of an upsert: that of a create, and the field to match by. */
export function upsertBody<S extends z.ZodRawShape>(
	name: string,
	matchable: readonly string[],
	fields: () => S,
	example: object,
) {
	return bodyWithCustomFields(() => ({ matchBy: matchByField(matchable), ...fields() }), name, { example });
}

/** `POST /{resource}/upsert`: updates the record that matches, or creates one. */
export function upsert<Row extends OwnedRow, Create extends object, Update extends object>(
	{ resource, verbs, schemas, causes }: Exposed<Row, Create, Update>,
	matchable: readonly [string, ...string[]],
	body: z.ZodType<Create & { matchBy: string }>,
): Endpoint {
	const { path, one, noun } = resource;
	registerServerSetFields(body, schemas.wire, causes);
	return writeEndpoint(
		{
			method: "post",
			path: `/${path}/upsert`,
			of: resource,
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
			return verbs.upsert(ctx, matchBy, valueToMatch(matchBy, input), input as unknown as Create);
		},
		({ row, created }) =>
			rowAnswer(created ? 201 : 200, row, created ? `/api/v1/${path}/${row.id}` : undefined),
	);
}
