// Fields that several resources of the CRM share, with their descriptions.
import { z } from "@hono/zod-openapi";
import { exampleId, id, ids } from "../http/fields.ts";

/** A list of ids, as a field of bodies and of answers. */
const list = (prefix: string, meaning: string) => ({
	input: ids(prefix).describe(meaning),
	output: z.array(id(prefix)).max(50).describe(meaning),
});

export const assignees = list("usr", "Ids of the users who work on it.");
export const tags = list("tag", "Ids of its tags.");
export const ownerId = id("usr").describe("Id of the user responsible for it.");
export const sourceId = id("src").describe("Id of the lead source it came from.");
export const clientId = id("clt").describe("Id of the client it belongs to.");
export const dealId = id("dl").describe("Id of the deal it belongs to.");

/** In examples: whose the record is, who works on it, and its tags. */
export const assignmentExample = {
	ownerId: exampleId("usr"),
	assigneeIds: [exampleId("usr")],
	tagIds: [exampleId("tag")],
};
