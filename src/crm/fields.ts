// Fields that several resources of the CRM share, with their descriptions.
import { z } from "@hono/zod-openapi";
import { exampleId, id, ids } from "../http/fields.ts";
import { once } from "../http/once.ts";

/** A list of ids, as a field of bodies and of answers. */
const list = (prefix: string, meaning: string) => ({
	input: once(() => ids(prefix).describe(meaning)),
	output: once(() => z.array(id(prefix)).max(50).describe(meaning)),
});

export const assignees = list("usr", "Ids of the users who work on it.");
export const tags = list("tag", "Ids of its tags.");
export const ownerId = once(() => id("usr").describe("Id of the user responsible for it."));
export const sourceId = once(() => id("src").describe("Id of the lead source it came from."));
export const clientId = once(() => id("clt").describe("Id of the client it belongs to."));
export const dealId = once(() => id("dl").describe("Id of the deal it belongs to."));

/** In examples: whose the record is, who works on it, and its tags. */
export const assignmentExample = {
	ownerId: exampleId("usr"),
	assigneeIds: [exampleId("usr")],
	tagIds: [exampleId("tag")],
};
