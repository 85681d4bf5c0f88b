// Clients: their rules and their events.

import { withCustomFields } from "../../custom-fields/with-custom-fields.ts";
import type { WithoutInternal } from "../../db/columns.ts";
import { clients as table } from "../../db/schema/clients.ts";
import { tableStore } from "../../db/store.ts";
import { badRequest } from "../../errors.ts";
import { email, id, name, phone } from "../../http/fields.ts";
import { unset } from "../../http/shapes.ts";
import { identities } from "../../identities.ts";
import { blankFields } from "../../resources/blank.ts";
import { lifecycleEvents } from "../../resources/lifecycle.ts";
import { type Resource, replaceObject, withoutUndefined } from "../../resources/resource.ts";
import { verbs } from "../../resources/verbs.ts";
import { ownerId, sourceId, tagId } from "../filters.ts";
import { withName } from "../person.ts";
import { address, type ClientCreateInput, type ClientUpdateInput, clientTypes, person } from "./schema.ts";

export type ClientRow = WithoutInternal<typeof table.$inferSelect>;

const blank = blankFields(table, { type: "company", name: "", tagIds: [], custom: {} });

export const clients = withCustomFields({
	...identities.clients,
	store: tableStore<ClientRow>(table),
	list: {
		sorts: ["name"],
		filters: {
			email: { by: "lookup", field: "email", schema: email },
			phone: { by: "lookup", field: "phone", schema: phone },
			taxNumber: { by: "lookup", field: "taxNumber", schema: name },
			tagId,
			companyId: { by: "facet", field: "companyId", schema: () => id("clt") },
			ownerId,
			sourceId,
			type: { by: "facet", field: "type", schema: () => clientTypes },
		},
		search: { table: "clients_search", columns: ["name", "email", "phone", "taxNumber"], phones: "phone" },
	},

	fields({ billingAddress, primaryContact, ...input }, before) {
		const base = before ?? blank;
		const fields = {
			...base,
			...withoutUndefined(input),
			billingAddress: replaceObject(unset(address()), billingAddress, base.billingAddress),
			primaryContact: replaceObject(unset(person()), primaryContact, base.primaryContact),
		};
		if (before && fields.companyId === before.id)
			throw badRequest("companyId", "A client can't be its own company.");
		if (before === null && fields.type === "company" && input.name === undefined)
			throw badRequest("name", "Required for a company.");
		return withName(fields, input.name, before);
	},

	events: lifecycleEvents("clients"),
} satisfies Resource<ClientRow, ClientCreateInput, ClientUpdateInput>);

export const clientVerbs = verbs(clients);
