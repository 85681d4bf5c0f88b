import { batchEndpoint } from "../../http/batch.ts";
import { crud } from "../../http/crud.ts";
import { upsert, upsertBody } from "../../http/upsert.ts";
import { clients, clientVerbs } from "./clients.ts";
import { Client, ClientCreate, ClientUpdate } from "./schema.ts";

const exposure = {
	resource: clients,
	verbs: clientVerbs,
	schemas: { wire: Client, create: ClientCreate, update: ClientUpdate },
};

const matchable = ["email", "phone"] as const;
const ClientUpsert = upsertBody("ClientUpsert", matchable, () => ClientCreate.shape, {
	matchBy: "email",
	email: "office@example.com",
	name: "Acme Corp",
});

export const clientEndpoints = [
	...Object.values(crud(exposure)),
	batchEndpoint(exposure, matchable),
	upsert(exposure, matchable, ClientUpsert),
];
