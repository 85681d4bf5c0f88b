// Tools for single records of every resource, one for each verb: get, create, update, delete, restore; and one for many changes.
import { z } from "@hono/zod-openapi";
import { badRequest } from "../errors.ts";
import type { Endpoint } from "../http/endpoint.ts";
import type { JsonObject } from "../json.ts";
import type { Directory, Verb } from "./directory.ts";
import { withoutUnset } from "./show.ts";
import { withStageId } from "./stage-names.ts";
import {
	anyObject,
	CREATE_HINTS,
	type IsUsable,
	idempotencyKey,
	ifVersion,
	READ_HINTS,
	type Tool,
	tool,
	UPDATE_HINTS,
} from "./tool.ts";

export const recordSchema = z.looseObject({ id: z.string() });

const fields = anyObject.describe("Fields by name; describe_resource shows them.");

/** The result of a tool that answers with one record: what was done with it, its name and its id. */
function recordResult(done: string, answer: JsonObject) {
	const data = withoutUnset(answer);
	const { name, title = name, id } = data;
	return { words: `${done} ${title === undefined ? "" : `${JSON.stringify(title)}, `}${id}.`, data };
}

/** The tools for records, besides find_records; each takes a resource, or an id whose prefix says which. */
export function recordTools(directory: Directory): readonly Tool[] {
	const all = [...directory.resources.values()];
	const resourcesWith = (verb: Verb, usable: IsUsable = () => true) =>
		all.filter(({ verbs: { [verb]: endpoint } }) => endpoint && usable(endpoint));
	const endpointsOf = (verb: Verb) => resourcesWith(verb).flatMap(({ verbs }) => verbs[verb] ?? []);
	const resource = (verb: Verb, usable: IsUsable) =>
		z.enum(resourcesWith(verb, usable).map(({ name }) => name));
	const endpointOf = (verb: Verb, name: string): Endpoint => {
		const endpoint = directory.resources.get(name)?.verbs[verb];
		if (!endpoint) throw new Error(`There is no ${verb} of ${name}`);
		return endpoint;
	};
	const kinds = (verb: Verb, usable: IsUsable) =>
		resourcesWith(verb, usable)
			.map(({ name, prefix }) => `${name} ${prefix}_`)
			.join(", ");
	const id = (verb: Verb, usable: IsUsable) =>
		z
			.string()
			.max(40)
			.describe(`Of: ${kinds(verb, usable)}.`);
	/** The resource that an id is of. */
	const resourceOf = (verb: Verb, sent: string): { name: string; endpoint: Endpoint } => {
		const found = resourcesWith(verb).find(({ prefix }) => sent.startsWith(`${prefix}_`));
		const endpoint = found?.verbs[verb];
		if (found && endpoint) return { name: found.name, endpoint };
		throw badRequest("id", `Expected an id of ${kinds(verb, () => true)}.`);
	};

	return [
		tool({
			name: "get_record",
			title: "Get a record",
			description: "One record by its id, with all of its fields; unset ones are left out.",
			hints: READ_HINTS,
			endpoints: endpointsOf("get"),
			input: (usable) => z.strictObject({ id: id("get", usable), includeDeleted: z.boolean().optional() }),
			output: recordSchema,
			async run({ ask }, { id: sent, includeDeleted }) {
				const { endpoint, name } = resourceOf("get", sent);
				return recordResult(
					`From ${name}:`,
					await ask(endpoint, { ids: { id: sent }, own: { includeDeleted } }),
				);
			},
		}),
		tool({
			name: "create_record",
			title: "Create a record",
			description:
				"Creates one record and returns it as it is stored. First check whether it already exists.",
			hints: CREATE_HINTS,
			endpoints: endpointsOf("create"),
			input: (usable) => z.strictObject({ resource: resource("create", usable), fields, idempotencyKey }),
			output: recordSchema,
			async run({ ask }, { resource: name, fields: sent, idempotencyKey: key }) {
				const call = { within: ["fields", sent], idempotencyKey: key } as const;
				return recordResult("Created", await ask(endpointOf("create", name), call));
			},
		}),
		tool({
			name: "change_records",
			title: "Change many records",
			description:
				"Creates, updates or deletes up to 100 records in one call. The answer shows the result of each, in order.",
			hints: { ...UPDATE_HINTS, idempotentHint: false },
			endpoints: endpointsOf("changeMany"),
			input: (usable) =>
				z.strictObject({
					resource: resource("changeMany", usable),
					mode: z.enum(["create", "upsert", "update", "delete"]),
					matchBy: z.string().optional().describe("For upsert, as in upsert_record."),
					items: z
						.array(anyObject)
						.describe("To create or upsert: fields. To update: id and fields. To delete: id. Maybe version."),
					idempotencyKey,
				}),
			output: z.object({
				created: z.int(),
				updated: z.int(),
				deleted: z.int(),
				failed: z.int(),
				results: z.array(z.looseObject({})),
			}),
			async run({ ask }, { resource: name, idempotencyKey: key, ...own }) {
				const data = await ask(endpointOf("changeMany", name), { own, idempotencyKey: key });
				const { created, updated, deleted, failed } = data;
				const words = `Of ${name} ${created} created, ${updated} updated, ${deleted} deleted, ${failed} refused.`;
				return { words, data };
			},
		}),
		tool({
			name: "upsert_record",
			title: "Create or update a record",
			description: "Updates the one record whose matchBy field has the value in fields, or creates it.",
			hints: UPDATE_HINTS,
			endpoints: endpointsOf("upsert"),
			input: (usable) =>
				z.strictObject({
					resource: resource("upsert", usable),
					matchBy: z.string().describe('E.g. "email".'),
					fields,
					idempotencyKey,
				}),
			output: recordSchema,
			async run({ ask }, { resource: name, matchBy, fields: sent, idempotencyKey: key }) {
				let done = "";
				const answer = await ask(endpointOf("upsert", name), {
					own: { matchBy },
					within: ["fields", sent],
					idempotencyKey: key,
					onStatus: (status) => {
						done = status === 201 ? "Created" : "Updated";
					},
				});
				return recordResult(done, answer);
			},
		}),
		tool({
			name: "update_record",
			title: "Update a record",
			description:
				"Changes the fields you send and no others; null clears one, a list is replaced as a whole. A deal is moved by its stageId, which may also be the name of a stage in its pipeline; a WON or LOST stage closes it.",
			hints: UPDATE_HINTS,
			endpoints: endpointsOf("update"),
			input: (usable) => z.strictObject({ id: id("update", usable), fields, ifVersion, idempotencyKey }),
			output: recordSchema,
			async run({ ask }, { id: sent, fields: changes, ...conditions }) {
				const { endpoint, name } = resourceOf("update", sent);
				const fieldsOf = name === "deals" ? await withStageId(directory, ask, sent, changes) : changes;
				const call = { ids: { id: sent }, within: ["fields", fieldsOf], ...conditions } as const;
				return recordResult("Updated", await ask(endpoint, call));
			},
		}),
		tool({
			name: "delete_record",
			title: "Delete a record",
			description: "Deletes one record. restore_record brings it back.",
			hints: UPDATE_HINTS,
			endpoints: endpointsOf("delete"),
			input: (usable) => z.strictObject({ id: id("delete", usable), ifVersion }),
			output: z.object({ id: z.string(), deleted: z.literal(true) }),
			async run({ ask }, { id: sent, ifVersion: version }) {
				await ask(resourceOf("delete", sent).endpoint, { ids: { id: sent }, ifVersion: version });
				return { words: `Deleted ${sent}.`, data: { id: sent, deleted: true } };
			},
		}),
		tool({
			name: "restore_record",
			title: "Restore a record",
			description: "Brings a deleted record back, with what was deleted together with it.",
			hints: { ...UPDATE_HINTS, destructiveHint: false },
			endpoints: endpointsOf("restore"),
			input: (usable) => z.strictObject({ id: id("restore", usable), ifVersion, idempotencyKey }),
			output: recordSchema,
			async run({ ask }, { id: sent, ...conditions }) {
				const { endpoint } = resourceOf("restore", sent);
				return recordResult("Restored", await ask(endpoint, { ids: { id: sent }, ...conditions }));
			},
		}),
	];
}
