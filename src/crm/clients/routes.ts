import { batchCreate, upsert, upsertBody } from "../../http/bulk.ts";
import { crud } from "../../http/crud.ts";
import type { Endpoint } from "../../http/endpoint.ts";
import { email, id, name, phone } from "../../http/fields.ts";
import { clients, clientVerbs } from "./clients.ts";
import { Client, ClientCreate, ClientUpdate, clientTypes } from "./schema.ts";

const exposure = {
	path: "clients",
	tag: "Clients",
	one: "Client",
	many: "Clients",
	resource: clients,
	verbs: clientVerbs,
	schemas: { wire: Client, create: ClientCreate, update: ClientUpdate },
	filters: {
		email: email(),
		phone: phone(),
		taxNumber: name(),
		tagId: id("tag"),
		companyId: id("clt"),
		ownerId: id("usr"),
		sourceId: id("src"),
		type: clientTypes,
	},
	custom: true,
};

const matchable = ["email", "phone"] as const;
const ClientUpsert = upsertBody("ClientUpsert", matchable, ClientCreate.shape, {
	matchBy: "email",
	email: "office@example.com",
	name: "Acme Corp",
});

const { list, create, get, update, remove, restore } = crud(exposure);

// The fixed paths stand before `/clients/{id}`.
export const clientEndpoints: readonly Endpoint[] = [
	list,
	create,
	batchCreate(exposure),
	upsert(exposure, matchable, ClientUpsert),
	get,
	update,
	remove,
	restore,
];
