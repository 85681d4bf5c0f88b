// The definitions in use of an entity, and what they come to, as scalars for queries.
import { type SQL, sql } from "drizzle-orm";
import { customFields as table } from "../db/schema/custom-fields.ts";

/** A scalar: how many live definitions an entity has. */
export const definitionsCounted = (organizationId: SQL, entity: string): SQL =>
	sql`(SELECT count(*) FROM ${table} WHERE "organizationId" = ${organizationId} AND "entity" = ${entity} AND "deletedAt" IS NULL)`;

/** A scalar: how many bytes they have together. */
export const definitionsWeighed = (organizationId: SQL, entity: string): SQL =>
	sql`length(CAST(${definitionsOf(organizationId, entity)} AS BLOB))`;

/** One scalar with all definitions of an entity, as JSON. */
export function definitionsOf(organizationId: SQL | string, entity: string): SQL {
	return sql`(SELECT json_group_array(json_object('id', "id", 'key', "key", 'label', "label", 'type', "type",
			'options', json("options"), 'required', "required", 'unique', "unique"))
		FROM (SELECT * FROM ${table} WHERE "organizationId" = ${organizationId} AND "entity" = ${entity} AND "deletedAt" IS NULL ORDER BY "id"))`;
}
