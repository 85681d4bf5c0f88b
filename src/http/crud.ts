// The endpoints that all resources share, as values: a feature picks those it needs and adds its own.
import { z } from "@hono/zod-openapi";
import type { OwnedRow } from "../db/owned-row.ts";
import { holdersInWords } from "../resources/holding.ts";
import { type Resource, toWire, variantOf } from "../resources/resource.ts";
import { type Verbs, verbs as verbsOf } from "../resources/verbs.ts";
import { withArticle } from "../words.ts";
import { etag, JsonText, resourceAnswer } from "./answer.ts";
import { answerUnlessCurrent } from "./conditions.ts";
import { MAX_CURSOR_CHARACTERS, pageAnswer } from "./cursor.ts";
import { listOperation, recordOperation } from "./definition.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { flagParameter, listQuerySchema, toListQuery } from "./list-query.ts";
import { objectOf, strictObjectOf } from "./objects.ts";
import { once } from "./once.ts";
import { type Causes, DELETED_AT_CAUSE, registerServerSetFields } from "./server-set-fields.ts";
import { gone, writeEndpoint } from "./write.ts";

/** How a resource is exposed over HTTP. */
export interface Exposure<Row extends OwnedRow, Create extends object, Update extends object> {
	readonly resource: Resource<Row, Create, Update, unknown>;
	/** Its verbs; by default those of every resource. */
	readonly verbs?: Verbs<Row, Create, Update>;
	readonly schemas: {
		readonly wire: z.ZodType;
		readonly create: z.ZodType<Create>;
		readonly update: z.ZodType<Update>;
	};
	/** How callers can change fields that only the server sets: a sentence for each field. */
	readonly causes?: Causes;
}

export const includeDeletedParameter = flagParameter("Also return it if it is deleted.");

/** The query string of a read of one record. */
export const readQuery = strictObjectOf(() => ({ includeDeleted: includeDeletedParameter }));

/** The schema of a page with at most 100 items, the most that a caller can ask for. */
export const pageSchema = (name: string, items: z.ZodType) => listSchema(name, items, 100);

/** The schema of a page with at most `max` items. */
export const listSchema = (
	name: string,
	items: z.ZodType,
	max = 1_000,
	nextCursor = "Send it as `cursor` for the next page; `null` on the last. Only `null` ends a list: if few records match the filters, or records are large, a page may be short or even empty.",
) =>
	objectOf(() => ({
		items: z.array(items).max(max).describe("The records of this page, in the order of the list."),
		nextCursor: z.string().nullable().openapi({ maxLength: MAX_CURSOR_CHARACTERS, description: nextCursor }),
		hasMore: z.boolean().describe("Whether there is a next page."),
	})).openapi(`${name}Page`);

/** The answers to a read of one resource: itself, or 304 if the caller already has this version. */
export const readAnswers = (noun: string, schema: z.ZodType) => ({
	200: { description: `The ${noun}.`, schema, headers: ["ETag"] },
	304: { description: "You already have this version.", headers: ["ETag"] },
});

/** The answer that shows a row, with its ETag; `location` is its path, after a create. */
export const rowAnswer = (status: 200 | 201, row: OwnedRow, location?: string) =>
	resourceAnswer(status, toWire(row), location, etag(row.version, variantOf(row)));

/** The shared endpoints of one resource. */
export function crud<Row extends OwnedRow, Create extends object, Update extends object>(
	exposure: Exposure<Row, Create, Update>,
) {
	const { resource, verbs = verbsOf(resource), schemas, causes = {} } = exposure;
	const { path, one, noun, list: spec } = resource;
	const location = (id: string) => `/api/v1/${path}/${id}`;
	const held = holdersInWords(noun, resource.store.table);
	const allCauses = { deletedAt: DELETED_AT_CAUSE, ...causes };
	registerServerSetFields(schemas.create, schemas.wire, allCauses);
	registerServerSetFields(schemas.update, schemas.wire, allCauses, schemas.create);

	const list: Endpoint = endpoint(
		{
			...listOperation(resource),
			query: once(() => listQuerySchema(resource)),
			answers: {
				200: {
					description: "One page.",
					schema: once(() => pageSchema(one, schemas.wire)),
					headers: ["Link"],
				},
			},
		},
		async ({ ctx, query: parameters, request }) => {
			const { items, next } = await verbs.list(ctx, await toListQuery(ctx, path, parameters, spec.ranges));
			return pageAnswer(ctx, path, parameters, request.url, {
				items: new JsonText(`[${items.join()}]`),
				next,
			});
		},
	);

	const create: Endpoint = writeEndpoint(
		{
			...recordOperation(resource, "create"),
			description: `Creates ${withArticle(noun)} and returns it as it is stored.`,
			body: schemas.create,
			answers: { 201: { description: "Created.", schema: schemas.wire, headers: ["ETag", "Location"] } },
		},
		({ ctx, body }) => verbs.create(ctx, body),
		(row) => rowAnswer(201, row, location(row.id)),
	);

	const get: Endpoint = endpoint(
		{
			...recordOperation(resource, "get"),
			description: `One ${noun} by its id. With \`If-None-Match\` an unchanged ${noun} is answered with 304 and no body.`,
			query: readQuery,
			answers: readAnswers(noun, schemas.wire),
		},
		async ({ ctx, id, query: { includeDeleted: deleted }, request }) => {
			const row = await verbs.get(ctx, id, deleted);
			return answerUnlessCurrent(request, toWire(row), variantOf(row));
		},
	);

	const update: Endpoint = writeEndpoint(
		{
			...recordOperation(resource, "update"),
			description: `Changes the fields in the body and no others; \`null\` clears a field. If nothing changes, there is no event.`,
			body: schemas.update,
			answers: { 200: { description: "Updated.", schema: schemas.wire, headers: ["ETag"] } },
		},
		({ ctx, id, body, condition }) => verbs.update(ctx, id, body, condition),
		(row) => rowAnswer(200, row),
	);

	const remove: Endpoint = writeEndpoint(
		{
			...recordOperation(resource, "delete"),
			description: `Deletes the ${noun}, which can be restored.${held ? ` Refused (409) while a record that is not deleted refers to it: ${held.fields}.` : ""}`,
			...(held ? { conflict: held.example } : {}),
			answers: { 204: { description: "Deleted." } },
		},
		({ ctx, id, condition }) => verbs.remove(ctx, id, condition),
		gone,
	);

	const restore: Endpoint = writeEndpoint(
		{
			...recordOperation(resource, "restore"),
			description: `Restores a deleted ${noun} as it was.`,
			answers: { 200: { description: "Restored.", schema: schemas.wire, headers: ["ETag"] } },
		},
		({ ctx, id, condition }) => verbs.restore(ctx, id, condition),
		(row) => rowAnswer(200, row),
	);

	return { list, create, get, update, remove, restore };
}
