import { batchCreate } from "../../http/bulk.ts";
import { crud } from "../../http/crud.ts";
import type { Endpoint } from "../../http/endpoint.ts";
import { id } from "../../http/fields.ts";
import { entityId, Task, TaskCreate, TaskUpdate, taskPriorities, taskStatuses, taskTypes } from "./schema.ts";
import { tasks, taskVerbs } from "./tasks.ts";

const exposure = {
	path: "tasks",
	tag: "Tasks",
	one: "Task",
	many: "Tasks",
	resource: tasks,
	verbs: taskVerbs,
	schemas: { wire: Task, create: TaskCreate, update: TaskUpdate },
	filters: {
		tagId: id("tag"),
		assigneeId: id("usr"),
		entityId: entityId(),
		ownerId: id("usr"),
		priority: taskPriorities,
		type: taskTypes,
		status: taskStatuses,
	},
	causes: { completedAt: "Set `status` to COMPLETED." },
	custom: true,
};

const { list, create, get, update, remove, restore } = crud(exposure);

// The fixed paths stand before `/tasks/{id}`.
export const taskEndpoints: readonly Endpoint[] = [
	list,
	create,
	batchCreate(exposure, [{ title: "Call Jane" }, { title: "Send the offer" }]),
	get,
	update,
	remove,
	restore,
];
