// Scalar subqueries for the live definitions of an entity.
import { customFields as table } from "../db/schema/custom-fields.ts";
import { type SQL, sql } from "../db/sql.ts";
import { liveRowsOf, type Operand } from "../db/tenant.ts";

/** The live definitions of an entity: a FROM and WHERE clause that may be continued by AND. */
const live = (organizationId: Operand, entity: string): SQL =>
	sql`${liveRowsOf(table, organizationId)} AND "entity" = ${entity}`;

/** A scalar: the number of live definitions. */
export const definitionCount = (organizationId: Operand, entity: string): SQL =>
	sql`(SELECT count(*) FROM ${live(organizationId, entity)})`;

/** A scalar: the size of all live definitions as JSON, in bytes. */
export const definitionBytes = (organizationId: Operand, entity: string): SQL =>
	sql`length(CAST(${definitionsJson(organizationId, entity)} AS BLOB))`;

/** A scalar: the key and the id of each live definition as JSON, in the order that records show them. */
export const definitionKeys = (organizationId: Operand, entity: string): SQL =>
	sql`(SELECT json_group_array(json_array("key", "id")) FROM (SELECT "key", "id" FROM ${live(organizationId, entity)} ORDER BY "id"))`;

/** A scalar: all live definitions as JSON. */
export function definitionsJson(organizationId: Operand, entity: string): SQL {
	return sql`(SELECT json_group_array(json_object('id', "id", 'key', "key", 'label', "label", 'type', "type",
			'options', json("options"), 'required', "required", 'unique', "unique"))
		FROM (SELECT * FROM ${live(organizationId, entity)} ORDER BY "id"))`;
}
