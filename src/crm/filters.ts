// Filters that lists of several resources of the CRM share.
import { id } from "../http/fields.ts";

export const tagId = { by: "linked", field: "tagIds", schema: () => id("tag") } as const;
export const assigneeId = { by: "linked", field: "assigneeIds", schema: () => id("usr") } as const;
export const ownerId = { by: "facet", field: "ownerId", schema: () => id("usr") } as const;
export const sourceId = { by: "facet", field: "sourceId", schema: () => id("src") } as const;
export const clientId = { by: "facet", field: "clientId", schema: () => id("clt") } as const;
export const dealId = { by: "facet", field: "dealId", schema: () => id("dl") } as const;
