import { z } from "@hono/zod-openapi";
import { batchCreate, upsert } from "../../http/bulk.ts";
import { crud } from "../../http/crud.ts";
import type { Endpoint } from "../../http/endpoint.ts";
import { email, id, phone } from "../../http/fields.ts";
import { truthFilter } from "../../http/page.ts";
import { leads, leadVerbs } from "./leads.ts";
import { Lead, LeadCreate, LeadUpdate } from "./schema.ts";

const exposure = {
	path: "leads",
	tag: "Leads",
	one: "Lead",
	many: "Leads",
	resource: leads,
	verbs: leadVerbs,
	schemas: { wire: Lead, create: LeadCreate, update: LeadUpdate },
	filters: {
		email: email(),
		mobile: phone(),
		tagId: id("tag"),
		assigneeId: id("usr"),
		ownerId: id("usr"),
		sourceId: id("src"),
		stageId: id("lstg"),
		archived: truthFilter(),
	},
};

const LeadUpsert = z
	.strictObject({ matchBy: z.enum(["email", "mobile"]), ...LeadCreate.shape })
	.openapi("LeadUpsert", {
		example: { matchBy: "email", email: "jane@example.com", name: "Jane Smith", score: 80 },
	});

const { list, create, get, update, remove, restore } = crud(exposure);

// The fixed paths stand before `/leads/{id}`.
export const leadEndpoints: readonly Endpoint[] = [
	list,
	create,
	batchCreate(exposure),
	upsert(exposure, ["email", "mobile"], LeadUpsert),
	get,
	update,
	remove,
	restore,
];
