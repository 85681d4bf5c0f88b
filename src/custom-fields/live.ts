// The definitions in use of an entity, and what they come to, as scalars for queries.
import { type SQL, sql } from "drizzle-orm";
import { customFields as table } from "../db/schema/custom-fields.ts";
import { type Operand, rowsOf } from "../db/tenant.ts";

/** The live definitions of an entity: what comes after FROM, up to further conditions. */
const live = (organizationId: Operand, entity: string): SQL =>
	sql`${rowsOf(table, organizationId)} AND "entity" = ${entity} AND "deletedAt" IS NULL`;

/** A scalar: how many live definitions an entity has. */
export const definitionsCounted = (organizationId: Operand, entity: string): SQL =>
	sql`(SELECT count(*) FROM ${live(organizationId, entity)})`;

/** A scalar: how many bytes they have together. */
export const definitionsWeighed = (organizationId: Operand, entity: string): SQL =>
	sql`length(CAST(${definitionsOf(organizationId, entity)} AS BLOB))`;

/** One scalar with all definitions of an entity, as JSON. */
export function definitionsOf(organizationId: Operand, entity: string): SQL {
	return sql`(SELECT json_group_array(json_object('id', "id", 'key', "key", 'label', "label", 'type', "type",
			'options', json("options"), 'required', "required", 'unique', "unique"))
		FROM (SELECT * FROM ${live(organizationId, entity)} ORDER BY "id"))`;
}
