// Tasks on the wire.

import { z } from "@hono/zod-openapi";
import * as field from "../../http/fields.ts";
import { bodyWithCustomFields } from "../../http/gather.ts";
import { objectOf } from "../../http/objects.ts";
import { once } from "../../http/once.ts";
import { bodies, nullable } from "../../http/shapes.ts";
import { identities } from "../../identities.ts";
import { isId } from "../../ids.ts";
import { assignees, assignmentExample, ownerId, tags } from "../fields.ts";

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
		.openapi({ pattern: "^(ld|dl|clt)_[0-9a-z]{26}$", maxLength: 30, example: field.exampleId("ld") });

const settable = once(() => ({
	description: field.text().describe("Free text about what is to be done."),
	priority: taskPriorities.describe("How urgent it is."),
	startDate: field.day().describe("The day on which the work begins."),
	dueDate: field.day().describe("The day by which it must be done; not before `startDate`."),
	durationMinutes: z
		.int()
		.min(0)
		.max(525_600)
		.openapi({ description: "How long it is expected to take, in minutes.", example: 30 }),
	ownerId: ownerId(),
	entity: z
		.enum(["leads", "deals", "clients"])
		.describe("The type of the record that it is about; sent together with `entityId`."),
	entityId: entityId().describe("Id of the lead, deal or client that it is about."),
}));

const settableToo = once(() => ({
	status: taskStatuses.describe("The state of the work. Default on create: `OPEN`."),
	type: taskTypes.describe("A phone call, a meeting, or anything else to do. Default on create: `todo`."),
	assigneeIds: assignees.input(),
	tagIds: tags.input(),
}));

const title = once(() =>
	field.name().openapi({
		description: "What is to be done, in a few words.",
		example: "Call Jane back",
	}),
);

export const taskExample = {
	...field.numberedExample(identities.tasks),
	title: "Call Jane back",
	description: null,
	status: "IN_PROGRESS",
	type: "call",
	priority: "HIGH",
	startDate: null,
	dueDate: "2026-12-31",
	durationMinutes: 30,
	...assignmentExample,
	entity: "leads",
	entityId: field.exampleId("ld"),
	completedAt: null,
};

const written = bodies(() => ({ title: title() }), settable, settableToo);

export const TaskCreate = bodyWithCustomFields(written.create, "TaskCreate", {
	example: { title: "Call Jane back", type: "call", dueDate: "2026-12-31", priority: "HIGH" },
});

export const TaskUpdate = bodyWithCustomFields(written.update, "TaskUpdate", {
	example: { status: "COMPLETED" },
});

export const Task = objectOf(() => ({
	...field.numberedFields(identities.tasks),
	title: title(),
	status: taskStatuses.describe("The state of the work."),
	type: taskTypes.describe("A phone call, a meeting, or anything else to do."),
	...nullable(settable()),
	assigneeIds: assignees.output(),
	tagIds: tags.output(),
	completedAt: field.timestamp().nullable().describe("When `status` became `COMPLETED`; `null` otherwise."),
})).openapi("Task", { example: taskExample });

export type TaskCreateInput = z.output<typeof TaskCreate>;
export type TaskUpdateInput = z.output<typeof TaskUpdate>;
