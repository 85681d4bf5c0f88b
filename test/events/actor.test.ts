// Who did it: each event names the key, the session or the process that caused it.
import { describe, expect, it } from "vitest";
import { browserOf } from "../gate/sessions.ts";
import type { Api, Json } from "../support/api.ts";
import { withoutSending } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { JANE } from "../support/conversion.ts";
import { create, createClient, createPipeline } from "../support/deals.ts";
import { createForm } from "../support/forms.ts";

/** The events of an organization in order: what, and who. */
const told = async (api: Api): Promise<[string, Json][]> =>
	(await api.get("/events?orderDir=asc&limit=100")).body.items.map(({ type, actor, payload }: Json) => {
		if ("data" in payload && "event" in payload) expect(payload.actor, type).toEqual(actor);
		else expect(payload, type).not.toHaveProperty("actor");
		return [type, actor];
	});

const byKey = ({ keyId }: Api) => ({ type: "key", id: keyId, name: "test" });
const system = (id: string) => ({ type: "system", id, name: expect.stringMatching(/^[A-Z][a-z -]+$/) });

describe("the actor of an event", () => {
	it("is the API key by the name it has, also beside bodies that have no room for it", async () => {
		const api = withoutSending(await createCaller());
		await create(api, "/leads", { name: "Jane" });
		await api.patch(`/api-keys/${api.keyId}`, { name: "Website" });
		const renamed = withoutSending(await createCaller({ organizationId: api.organizationId }));
		await create(renamed, "/conversations", { conversationType: "phone", status: "completed" });
		expect(await told(api)).toEqual([
			["lead.created", byKey(api)],
			["save_lead", byKey(api)],
			["call.completed", byKey(renamed)],
		]);
	});

	it("is the session, by the name of its key", async () => {
		const api = withoutSending(await createCaller());
		const browser = await browserOf(api);
		expect((await browser.send("POST", "/tags", { name: "No event" })).status).toBe(201);
		expect((await browser.send("POST", "/tasks", { title: "Call" })).status).toBe(201);
		expect(await told(api)).toEqual([
			["task.created", { type: "session", id: expect.stringMatching(/^ses_/), name: "test" }],
		]);
	});

	it("is the built-in process for what no request asked for", async () => {
		const api = withoutSending(await createCaller());
		const form = await createForm(api);
		await create(api, "/form-responses", { formId: form.id, answers: { your_name: "Jane" } });
		await create(api, "/conversations", { conversationType: "phone", status: "busy" });
		const { won } = await createPipeline(api);
		const client = await createClient(api);
		const lead = await create(api, "/leads", JANE);
		const deal = { title: "Relaunch", clientId: client.id, leadId: lead.id };
		await create(api, "/deals", { ...deal, stageId: won });
		expect(await told(api)).toEqual([
			["form.response.created", byKey(api)],
			["lead.created", system("form-response")],
			["save_lead", system("form-response")],
			["call.busy", byKey(api)],
			["task.created", system("call-follow-up")],
			["client.created", byKey(api)],
			["lead.created", byKey(api)],
			["save_lead", byKey(api)],
			["deal.created", byKey(api)],
			["lead.updated", system("deal-won")],
			["save_lead", system("deal-won")],
		]);
	});
});
