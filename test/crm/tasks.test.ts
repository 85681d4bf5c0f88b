import { describe, expect, it, vi } from "vitest";
import type { Api, Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { eventsOf, eventTypesOf } from "../support/events.ts";

const NOBODY = "usr_01kaj2m5m8f7jt2n3v4w5x6y7z";

async function givenLead(api: Api): Promise<Json> {
	return (await api.post("/leads", { name: "Jane Smith" })).body;
}

describe("a task", () => {
	it("has defaults, a number, and an event with all of it", async () => {
		const api = await createCaller();
		const { status, body } = await api.post("/tasks", { title: "Call back" });
		expect(status).toBe(201);
		expect(body).toMatchObject({
			number: 1,
			title: "Call back",
			status: "OPEN",
			type: "todo",
			priority: null,
			dueDate: null,
			assigneeIds: [],
			entity: null,
			entityId: null,
			completedAt: null,
		});
		expect(Object.keys(body)).not.toContain("custom");
		const [event] = await eventsOf(api.organizationId);
		expect(event).toMatchObject({ type: "task.created", entityId: body.id });
		expect(event?.payload.data).toEqual(body);
		expect((await api.post("/tasks", { title: "Another" })).body.number).toBe(2);
	});

	it("is completed when its status says so, and not any more when that changes", async () => {
		const api = await createCaller();
		vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-01T12:00:00.000Z") });
		const { id } = (await api.post("/tasks", { title: "Call back" })).body;
		vi.setSystemTime(Date.parse("2026-03-01T12:05:00.000Z"));
		const done = await api.patch(`/tasks/${id}`, { status: "COMPLETED" });
		expect(done.body.completedAt).toBe("2026-03-01T12:05:00.000Z");
		vi.setSystemTime(Date.parse("2026-03-01T12:10:00.000Z"));
		const renamed = await api.patch(`/tasks/${id}`, { title: "Called back" });
		expect(renamed.body.completedAt).toBe("2026-03-01T12:05:00.000Z");
		const reopened = await api.patch(`/tasks/${id}`, { status: "ON_HOLD" });
		expect(reopened.body.completedAt).toBeNull();
		vi.useRealTimers();
		const events = await eventsOf(api.organizationId, 1);
		expect(events.map(({ type }) => type)).toEqual(["task.updated", "task.updated", "task.updated"]);
		expect(events[0]?.payload.changes).toEqual({
			status: { from: "OPEN", to: "COMPLETED" },
			completedAt: { from: null, to: "2026-03-01T12:05:00.000Z" },
		});
		const born = await api.post("/tasks", { title: "Done already", status: "COMPLETED" });
		expect(born.body.completedAt).toBe(born.body.createdAt);
	});

	it("is about a lead, deal or client: both fields or neither, and it must exist", async () => {
		const api = await createCaller({ keys: 2 });
		const lead = await givenLead(api);
		const about = { entity: "leads", entityId: lead.id };
		const task = (await api.post("/tasks", { title: "Call back", ...about })).body;
		expect(task).toMatchObject(about);
		const nothing = { entity: "clients", entityId: "clt_01kaj2m5m8f7jt2n3v4w5x6y7z" };
		for (const [body, path] of [
			[{ entity: "leads" }, "entityId"],
			[{ entityId: lead.id }, "entity"],
			[{ entity: "leads", entityId: null }, "entityId"],
			[{ entity: null, entityId: lead.id }, "entity"],
			[{ entity: null }, "entityId"],
			[{ entity: "deals", entityId: lead.id }, "entityId"],
			[nothing, "entityId"],
			[{ entity: "users", entityId: lead.id }, "entity"],
			[{ entity: "leads", entityId: NOBODY }, "entityId"],
		] as const) {
			const what = JSON.stringify(body);
			const created = await api.post("/tasks", { title: "x", ...body });
			expect(created, what).toMatchObject({ status: 400, body: { errors: [{ path }] } });
			const patched = await api.patch(`/tasks/${task.id}`, body);
			expect(patched, what).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		}
		expect((await api.get(`/tasks?entityId=${lead.id}`)).body.items).toEqual([task]);
		const other = await createCaller();
		const foreign = await other.post("/tasks", { title: "x", ...about });
		expect(foreign.status).toBe(400);
		expect(foreign.body.message).toBe("entityId: There is no such lead.");

		const held = await api.delete(`/leads/${lead.id}`);
		expect(held).toMatchObject({ status: 409 });
		expect(held.body.message).toContain(task.id);
		const cleared = await api.patch(`/tasks/${task.id}`, { entity: null, entityId: null });
		expect(cleared.body).toMatchObject({ entity: null, entityId: null });
		expect((await api.delete(`/leads/${lead.id}`)).status).toBe(204);
		expect((await eventTypesOf(api.organizationId)).filter((type) => type.startsWith("task."))).toEqual([
			"task.created",
			"task.updated",
		]);
	});

	it("is due no earlier than it starts", async () => {
		const api = await createCaller();
		const day = { startDate: "2026-05-02", dueDate: "2026-05-02" };
		const task = (await api.post("/tasks", { title: "x", ...day })).body;
		const early = { status: 400, body: { errors: [{ path: "dueDate" }] } };
		expect(await api.post("/tasks", { title: "x", ...day, dueDate: "2026-05-01" })).toMatchObject(early);
		expect(await api.patch(`/tasks/${task.id}`, { dueDate: "2026-05-01" })).toMatchObject(early);
		const later = await api.patch(`/tasks/${task.id}`, { startDate: "2026-05-03" });
		expect(later.body.errors).toEqual([{ path: "startDate", message: "Must not be after dueDate." }]);
		expect((await api.patch(`/tasks/${task.id}`, { startDate: null, dueDate: "2026-05-01" })).status).toBe(
			200,
		);
	});

	it("refuses invalid fields, and writes nothing", async () => {
		const api = await createCaller();
		for (const [body, path] of [
			[{}, "title"],
			[{ title: " " }, "title"],
			[{ title: null }, "title"],
			[{ title: "x", status: "DONE" }, "status"],
			[{ title: "x", status: null }, "status"],
			[{ title: "x", type: "email" }, "type"],
			[{ title: "x", priority: "high" }, "priority"],
			[{ title: "x", dueDate: "2026-02-30" }, "dueDate"],
			[{ title: "x", durationMinutes: -1 }, "durationMinutes"],
			[{ title: "x", durationMinutes: 1.5 }, "durationMinutes"],
			[{ title: "x", completedAt: "2026-01-01T00:00:00Z" }, "completedAt"],
			[{ title: "x", assigneeIds: [NOBODY] }, "assigneeIds.0"],
			[{ title: "x", ownerId: NOBODY }, "ownerId"],
		] as const) {
			const reply = await api.post("/tasks", body);
			expect(reply, JSON.stringify(body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		}
		expect((await api.get("/tasks")).body.items).toEqual([]);
		expect(await eventsOf(api.organizationId)).toEqual([]);
	});

	it("is found by its words, its state and its people, and sorted by when it is due", async () => {
		const api = await createCaller({ keys: 2 });
		const user = (await api.post("/users", { name: "Sam", email: "sam@example.com" })).body;
		const tag = (await api.post("/tags", { name: "Urgent" })).body;
		const made = [
			{ title: "Call Zoë", type: "call", priority: "HIGH", dueDate: "2026-05-02", ownerId: user.id },
			{ title: "Write offer", description: "for Zoë", status: "IN_PROGRESS", tagIds: [tag.id] },
			{ title: "Meet", type: "meeting", dueDate: "2026-05-01", assigneeIds: [user.id] },
		];
		const ids: string[] = [];
		for (const body of made) ids.push((await api.post("/tasks", body)).body.id);
		const found = async (query: string) =>
			(await api.get(`/tasks?${query}`)).body.items.map(({ id }: Json) => ids.indexOf(id));
		expect(await found("search=zoe")).toEqual([1, 0]);
		expect(await found("search=off")).toEqual([1]);
		expect(await found("status=IN_PROGRESS")).toEqual([1]);
		expect(await found("type=call&type=meeting")).toEqual([2, 0]);
		expect(await found("priority=HIGH")).toEqual([0]);
		expect(await found(`ownerId=${user.id}`)).toEqual([0]);
		expect(await found(`assigneeId=${user.id}`)).toEqual([2]);
		expect(await found(`tagId=${tag.id}`)).toEqual([1]);
		expect(await found("orderBy=dueDate&orderDir=asc")).toEqual([2, 0, 1]);
		expect(await found("orderBy=title&orderDir=asc")).toEqual([0, 2, 1]);
		await api.patch(`/tasks/${ids[1]}`, { title: "Write the contract" });
		expect(await found("search=offer")).toEqual([]);
		expect(await found("search=contract")).toEqual([1]);
	});

	it("comes in batches, is deleted and restored", async () => {
		const api = await createCaller();
		const { body } = await api.post("/tasks/batch", {
			items: [
				{ title: "A" },
				{ title: "B", entity: "leads" },
				{ title: "C", dueDate: "soon" },
				{ title: "D" },
			],
		});
		expect(body).toMatchObject({ created: 2, failed: 2 });
		expect(body.results[1].error.errors[0].path).toBe("entityId");
		const { id } = body.results[3];
		expect((await api.get(`/tasks/${id}`)).body.number).toBe(2);
		expect((await api.delete(`/tasks/${id}`)).status).toBe(204);
		expect((await api.post(`/tasks/${id}/restore`)).status).toBe(200);
		const events = await eventsOf(api.organizationId);
		expect(events.map(({ type }) => type)).toEqual([
			"task.created",
			"task.created",
			"task.deleted",
			"task.updated",
		]);
		expect(events[1]?.payload.data.number).toBe(2);
		expect(events[2]?.payload.data.title).toBe("D");
	});
});
