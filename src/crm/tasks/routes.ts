import { batchEndpoint } from "../../http/batch.ts";
import { crud } from "../../http/crud.ts";
import { Task, TaskCreate, TaskUpdate } from "./schema.ts";
import { tasks, taskVerbs } from "./tasks.ts";

const exposure = {
	resource: tasks,
	verbs: taskVerbs,
	schemas: { wire: Task, create: TaskCreate, update: TaskUpdate },
	causes: { completedAt: "Set `status` to COMPLETED." },
};

export const taskEndpoints = [
	...Object.values(crud(exposure)),
	batchEndpoint(exposure, [], [{ title: "Call Jane" }, { title: "Send the offer" }]),
];
