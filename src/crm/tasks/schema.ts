// Tasks on the wire.

import { z } from "@hono/zod-openapi";
import {
	common,
	commonExample,
	day,
	exampleId,
	id,
	ids,
	name,
	nullable,
	nullish,
	optional,
	text,
	timestamp,
} from "../../http/fields.ts";
import { customizable } from "../../http/gather.ts";
import { identities } from "../../identities.ts";
import { isId } from "../../ids.ts";

export const taskStatuses = z.enum(["OPEN", "IN_PROGRESS", "ON_HOLD", "COMPLETED", "CANCELLED"]);
export const taskTypes = z.enum(["call", "todo", "meeting"]);
export const taskPriorities = z.enum(["LOW", "MEDIUM", "HIGH"]);

/** The id of what a task is about. */
export const entityId = () =>
	z
		.string()
		.refine(
			(value) => ["ld", "dl", "clt"].some((prefix) => isId(prefix, value)),
			"Expected an id that begins with ld_, dl_ or clt_.",
		)
		.openapi({ pattern: "^(ld|dl|clt)_[0-9a-z]{26}$", maxLength: 30, example: exampleId("ld") });

const settable = {
	description: text(),
	priority: taskPriorities,
	startDate: day(),
	dueDate: day().describe("Not before `startDate`."),
	durationMinutes: z.int().min(0).max(525_600).openapi({ example: 30 }),
	ownerId: id("usr"),
	entity: z
		.enum(["leads", "deals", "clients"])
		.describe("What it is about; sent together with `entityId` or not at all."),
	entityId: entityId(),
};

const settableToo = {
	status: taskStatuses.describe("Left out on create: `OPEN`."),
	type: taskTypes.describe("Left out on create: `todo`."),
	assigneeIds: ids("usr"),
	tagIds: ids("tag"),
};

const title = name().openapi({ example: "Call Jane back" });

export const taskExample = {
	...commonExample(identities.tasks),
	number: 1,
	title: "Call Jane back",
	description: null,
	status: "IN_PROGRESS",
	type: "call",
	priority: "HIGH",
	startDate: null,
	dueDate: "2026-12-31",
	durationMinutes: 30,
	ownerId: exampleId("usr"),
	assigneeIds: [exampleId("usr")],
	tagIds: [exampleId("tag")],
	entity: "leads",
	entityId: exampleId("ld"),
	completedAt: null,
};

export const TaskCreate = customizable(
	{ title, ...optional(settableToo), ...nullish(settable) },
	"TaskCreate",
	{ example: { title: "Call Jane back", type: "call", dueDate: "2026-12-31", priority: "HIGH" } },
);

export const TaskUpdate = customizable(
	{ ...optional({ title, ...settableToo }), ...nullish(settable) },
	"TaskUpdate",
	{ example: { status: "COMPLETED" } },
);

export const Task = z
	.object({
		...common(identities.tasks),
		number: z.int().openapi({ description: "Counts the organization's tasks.", example: 1 }),
		title,
		status: taskStatuses,
		type: taskTypes,
		...nullable(settable),
		assigneeIds: z.array(id("usr")).max(50),
		tagIds: z.array(id("tag")).max(50),
		completedAt: timestamp().nullable().describe("When `status` became `COMPLETED`; `null` while it is not."),
	})
	.openapi("Task", { example: taskExample });

export type TaskCreateInput = z.output<typeof TaskCreate>;
export type TaskUpdateInput = z.output<typeof TaskUpdate>;
