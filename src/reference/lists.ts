// The reference lists: tags, lead stages, lead sources, users and products. They only differ in the data given here.

import type { OwnedRow, OwnedTable } from "../db/owned-row.ts";
import { leadSources, leadStages, products, tags, users } from "../db/schema/reference.ts";
import { tableStore } from "../db/store.ts";
import { crud, type Exposure } from "../http/crud.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { booleanParameter, email, name } from "../http/fields.ts";
import { type Identity, identities } from "../identities.ts";
import { type FieldsOf, type Listing, type Resource, withoutUndefined } from "../resources/resource.ts";
import {
	leadSourceSchemas,
	leadStageSchemas,
	leadStageTypes,
	productSchemas,
	productTypes,
	tagSchemas,
	tagTypes,
	userSchemas,
} from "./schema.ts";

interface List<Row extends OwnedRow, Create extends object, Update extends object> {
	readonly table: OwnedTable & { readonly $inferSelect: Row };
	readonly identity: Identity;
	readonly schemas: Exposure<Row, Create, Update>["schemas"];
	/** The defaults of a new row. */
	readonly defaults: FieldsOf<Row>;
	readonly sorts: readonly (keyof Row & string)[];
	readonly filters: Listing["filters"];
	readonly search?: Listing["search"];
	readonly unique?: readonly (readonly (keyof Row & string)[])[];
}

function listEndpoints<Row extends OwnedRow, Create extends object, Update extends object>(
	list: List<Row, Create, Update>,
): Endpoint[] {
	const { identity, table, defaults, schemas, sorts, filters, search, unique = [] } = list;
	const resource: Resource<Row, Create, Update> = {
		...identity,
		store: tableStore(table),
		list: { sorts, filters, ...(search ? { search } : {}) },
		unique,
		fields: (input, before) => ({ ...(before ?? defaults), ...withoutUndefined(input) }),
	};
	return Object.values(crud({ resource, schemas }));
}

export const referenceEndpoints = [
	...listEndpoints({
		table: tags,
		identity: identities.tags,
		schemas: tagSchemas,
		defaults: { name: "", color: null, type: null },
		sorts: ["name"],
		filters: { type: { by: "facet", field: "type", schema: () => tagTypes } },
	}),
	...listEndpoints({
		table: leadStages,
		identity: identities["lead-stages"],
		schemas: leadStageSchemas,
		defaults: { name: "", type: "NEW", position: 0 },
		sorts: ["name", "position"],
		filters: { type: { by: "facet", field: "type", schema: () => leadStageTypes } },
	}),
	...listEndpoints({
		table: leadSources,
		identity: identities["lead-sources"],
		schemas: leadSourceSchemas,
		defaults: { name: "", position: 0, isActive: true },
		sorts: ["name", "position"],
		filters: { isActive: { by: "facet", field: "isActive", schema: booleanParameter } },
	}),
	...listEndpoints({
		table: users,
		identity: identities.users,
		schemas: userSchemas,
		defaults: { name: "", email: "", isActive: true },
		sorts: ["name"],
		filters: {
			email: { by: "lookup", field: "email", schema: email },
			isActive: { by: "facet", field: "isActive", schema: booleanParameter },
		},
		unique: [["email"]],
	}),
	...listEndpoints({
		table: products,
		identity: identities.products,
		schemas: productSchemas,
		defaults: {
			name: "",
			type: "PRODUCT",
			price: 0,
			currency: null,
			sku: null,
			description: null,
			buyPrice: null,
			taxPercent: null,
			isActive: true,
		},
		sorts: ["name", "price"],
		filters: {
			sku: { by: "lookup", field: "sku", schema: name },
			type: { by: "facet", field: "type", schema: () => productTypes },
			isActive: { by: "facet", field: "isActive", schema: booleanParameter },
		},
		search: { table: "products_search", columns: ["name", "sku", "description"] },
	}),
];
