// Moving a deal by the name of a stage.
import { describe, expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { create, createPipeline } from "../support/deals.ts";
import { agentOf } from "./client.ts";

describe("a deal's stage", () => {
	it("may be named, and an unknown name is answered with the existing ones", async () => {
		const own = await createCaller();
		const stages = await createPipeline(own);
		const agent = await agentOf(own);
		const client = await create(own, "/clients", { name: "Acme Corp", type: "company" });
		const { id } = await create(own, "/deals", { title: "Relaunch", clientId: client.id });
		const moved = await agent.call("update_record", { id, fields: { stageId: " talks ", price: 21 } });
		expect(moved).toMatchObject({ stageId: stages.talks, probability: 60, price: 21 });
		const error = await agent.fail("update_record", { id, fields: { stageId: "Finished" } });
		expect(error.errors).toEqual([
			{ path: "fields.stageId", message: expect.stringContaining(`Talks (${stages.talks})`) },
		]);
		const lost = { stageId: stages.lost, lostReason: "Price" };
		expect(await agent.call("update_record", { id, fields: lost })).toMatchObject({
			status: "LOST",
			lostReason: "Price",
		});
	});

	it("that two have must be named by its id", async () => {
		const own = await createCaller();
		const stages = [
			{ name: "New", type: "ACTIVE" },
			{ name: "new", type: "ACTIVE" },
			{ name: "W", type: "WON" },
			{ name: "L", type: "LOST" },
		];
		const { pipeline } = await createPipeline(own, { stages });
		const client = await create(own, "/clients", { name: "Acme" });
		const { id } = await create(own, "/deals", { title: "D", clientId: client.id, pipelineId: pipeline.id });
		const error = await (await agentOf(own)).fail("update_record", { id, fields: { stageId: "NEW" } });
		expect(error.message).toMatch(
			/^fields.stageId: Several stages have this name; send the id of one: New \(dps_.*new \(dps_[^,]*$/,
		);
	});

	it("by name needs to read what the name is looked up in", async () => {
		const own = await createCaller();
		const stages = await createPipeline(own);
		const client = await create(own, "/clients", { name: "Acme" });
		const { id } = await create(own, "/deals", { title: "D", clientId: client.id });
		const writer = await agentOf(
			await createCaller({ organizationId: own.organizationId, scopes: ["deals:write"] }),
		);
		const named = await writer.fail("update_record", { id, fields: { stageId: "Won" } });
		expect(named.message).toContain("deals:read");
		expect(await writer.call("update_record", { id, fields: { stageId: stages.won } })).toMatchObject({
			status: "WON",
		});
	});
});
