// Definitions of custom fields: their keys and rules.

import { withError } from "../db/commit.ts";
import { customFields as table } from "../db/schema/custom-fields.ts";
import { sql } from "../db/sql.ts";
import { tableStore } from "../db/store.ts";
import { AppError, badRequest, reworded } from "../errors.ts";
import { identities } from "../identities.ts";
import { expectWithin } from "../quotas/expectations.ts";
import { DEFINITION_BYTES, limitOf } from "../quotas/quotas.ts";
import { blankFields } from "../resources/blank.ts";
import { type Resource, withoutUndefined } from "../resources/resource.ts";
import { verbs } from "../resources/verbs.ts";
import { grows } from "../resources/weight.ts";
import { expectNoDuplicates, refuseDuplicates } from "./duplicates.ts";
import { definitionBytes, definitionCount } from "./live.ts";
import { withRestamp } from "./restamp.ts";
import {
	type CustomFieldCreateInput,
	type CustomFieldUpdateInput,
	customEntities,
	customFieldTypes,
} from "./schema.ts";
import { fieldType, optionsProblem } from "./types.ts";

type Row = typeof table.$inferSelect;

/** The part of a definition that validates values. */
export type Definition = Pick<Row, "id" | "key" | "label" | "type" | "options" | "required" | "unique">;

const blank = blankFields(table, {
	entity: "",
	label: "",
	key: "",
	type: "",
	options: [],
	required: false,
	unique: false,
});

export const customFields: Resource<Row, CustomFieldCreateInput, CustomFieldUpdateInput> = {
	...identities["custom-fields"],
	store: tableStore<Row>(table),
	list: {
		sorts: [],
		filters: {
			entity: { by: "facet", field: "entity", schema: () => customEntities },
			type: { by: "facet", field: "type", schema: () => customFieldTypes },
		},
	},
	unique: [["entity", "key"]],
	fields(input, before) {
		const key = before?.key ?? keyOf(input.label ?? "");
		if (key === "cf_") throw badRequest("label", "Must contain a letter a-z or a digit.");
		const row = { ...(before ?? blank), ...withoutUndefined(input), key };
		const message = optionsProblem(row);
		if (message) throw badRequest("options", message);
		if (row.unique && fieldType(row.type).canBeUnique === false)
			throw badRequest("unique", `A ${row.type} field can't be unique.`);
		return row;
	},
	quotaExpectations(before, after) {
		const { organizationId: owner, entity } = after;
		const limit = limitOf(owner, "customFields");
		const number = expectWithin(definitionCount(owner, entity), limit, `customFields.${entity}`);
		const bytes = expectWithin(
			definitionBytes(owner, entity),
			sql`${DEFINITION_BYTES}`,
			`customFieldBytes.${entity}`,
		);
		return [
			...(before ? [] : [number]),
			...(grows(before && weighed(before), weighed(after)) ? [bytes] : []),
			...(after.unique && !before?.unique ? [expectNoDuplicates(after)] : []),
		];
	},
};

/** What of a definition can change and is weighed. */
const weighed = ({ label, options }: Row) => ({ label, options });

const base = verbs(customFields);

/** An error about the key in terms of the label, from which it is made. */
const aboutLabel = (error: Error): Error =>
	error instanceof AppError ? reworded(error, (path) => (path === "key" ? "label" : path)) : error;

export const customFieldVerbs: typeof base = {
	...base,

	async create(attempt, input, id) {
		const planned = await base.create(attempt, input, id);
		return {
			...planned,
			statements: planned.statements.map((statement) => withError(statement, aboutLabel)),
		};
	},

	async update(ctx, id, input, condition) {
		const planned = await base.update(ctx, id, input, condition);
		if (planned.value.unique && !planned.before.unique) await refuseDuplicates(ctx, planned.value);
		return planned;
	},

	async remove(ctx, id, condition) {
		return withRestamp(await base.remove(ctx, id, condition));
	},

	// Rows with the same value may have been restored while the definition was deleted.
	async restore(attempt, id, condition) {
		const planned = await base.restore(attempt, id, condition);
		if (planned.value.unique) await refuseDuplicates(attempt, planned.value);
		return withRestamp(planned);
	},
};

/** The key of a label: `cf_`, then the label without accents, with underscores for blanks, and only a-z, 0-9 and _. */
export function keyOf(label: string): string {
	const plain = label.trim().toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "");
	return `cf_${plain.replaceAll(/\s+/gu, "_").replaceAll(/[^a-z0-9_]/g, "")}`;
}
