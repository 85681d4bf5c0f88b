// Tasks: their rules and their events.

import { withCustomFields } from "../../custom-fields/with-custom-fields.ts";
import type { WithoutInternal } from "../../db/columns.ts";
import { tasks as table } from "../../db/schema/tasks.ts";
import { tableStore } from "../../db/store.ts";
import { badRequest } from "../../errors.ts";
import { identities } from "../../identities.ts";
import { blankFields } from "../../resources/blank.ts";
import { lifecycleEvents } from "../../resources/lifecycle.ts";
import { type Resource, withoutUndefined } from "../../resources/resource.ts";
import { verbs } from "../../resources/verbs.ts";
import { assigneeId, ownerId, tagId } from "../filters.ts";
import { requireOrder } from "../time-order.ts";
import {
	entityId,
	type TaskCreateInput,
	type TaskUpdateInput,
	taskPriorities,
	taskStatuses,
	taskTypes,
} from "./schema.ts";

type Row = WithoutInternal<typeof table.$inferSelect>;

const blank = blankFields(table, {
	title: "",
	status: "OPEN",
	type: "todo",
	assigneeIds: [],
	tagIds: [],
	custom: {},
});

export const tasks = withCustomFields({
	...identities.tasks,
	store: tableStore<Row>(table),
	list: {
		sorts: ["dueDate", "title"],
		ranges: ["dueDate"],
		filters: {
			tagId,
			assigneeId,
			entityId: { by: "facet", field: "entityId", schema: entityId },
			ownerId,
			priority: { by: "facet", field: "priority", schema: () => taskPriorities },
			type: { by: "facet", field: "type", schema: () => taskTypes },
			status: { by: "facet", field: "status", schema: () => taskStatuses },
		},
		search: { table: "tasks_search", columns: ["title", "description"] },
	},

	fields(input, before, _, at) {
		requireEntityPair(input);
		const base = before ?? blank;
		const fields = { ...base, ...withoutUndefined(input) };
		requireOrder(input, fields, "startDate", "dueDate");
		return { ...fields, completedAt: fields.status === "COMPLETED" ? (base.completedAt ?? at) : null };
	},

	events: lifecycleEvents("tasks"),
} satisfies Resource<Row, TaskCreateInput, TaskUpdateInput>);

export const taskVerbs = verbs(tasks);

/** A body sets both `entity` and `entityId`, clears both, or leaves both out. */
function requireEntityPair({ entity, entityId }: TaskCreateInput | TaskUpdateInput): void {
	const message = "entity and entityId must be sent together.";
	const isIncomplete = (one: unknown, other: unknown) =>
		(one !== undefined && other === undefined) || (one && !other);
	if (isIncomplete(entity, entityId)) throw badRequest("entityId", `Required: ${message}`);
	if (isIncomplete(entityId, entity)) throw badRequest("entity", `Required: ${message}`);
}
