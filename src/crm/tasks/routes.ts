import { batchEndpoint } from "../../http/batch.ts";
import { crud } from "../../http/crud.ts";
import type { Endpoint } from "../../http/endpoint.ts";
import { Task, TaskCreate, TaskUpdate } from "./schema.ts";
import { tasks, taskVerbs } from "./tasks.ts";

const exposure = {
	resource: tasks,
	verbs: taskVerbs,
	schemas: { wire: Task, create: TaskCreate, update: TaskUpdate },
	causes: { completedAt: "Set `status` to COMPLETED." },
};

const { list, create, get, update, remove, restore } = crud(exposure);

// Fixed paths are registered before `/tasks/{id}`, which would match them too.
export const taskEndpoints: readonly Endpoint[] = [
	list,
	create,
	batchEndpoint(exposure, [], [{ title: "Call Jane" }, { title: "Send the offer" }]),
	get,
	update,
	remove,
	restore,
];
