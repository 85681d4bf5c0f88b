import { describe, expect, it } from "vitest";
import { createCaller } from "../support/callers.ts";
import { create, createClient, createPipeline } from "../support/deals.ts";
import { eventsOf, eventTypesOf } from "../support/events.ts";

const NOBODY = "clt_01kaj2m5m8f7jt2n3v4w5x6y7z";

describe("a client", () => {
	it("is a company unless it says otherwise, with a number and an event that shows all of it", async () => {
		const api = await createCaller();
		const client = await createClient(api, { email: "office@acme.example", openingBalance: 12.5 });
		expect(client).toMatchObject({
			number: 1,
			type: "company",
			name: "Acme",
			openingBalance: 12.5,
			billingAddress: null,
			primaryContact: null,
			tagIds: [],
		});
		const [event] = await eventsOf(api.organizationId);
		expect(event).toMatchObject({ type: "client.created", entityId: client.id });
		expect(event?.payload.data).toEqual(client);
		expect((await api.get(`/clients/${client.id}`)).body).toEqual(client);
	});

	it("needs a name; only a contact may be named by its parts", async () => {
		const api = await createCaller();
		const contact = await create(api, "/clients", { type: "contact", firstName: "Jo", lastName: "Doe" });
		expect(contact.name).toBe("Jo Doe");
		for (const body of [
			{},
			{ firstName: "Jo" },
			{ type: "contact" },
			{ type: "contact", salutation: "Dr" },
		]) {
			const reply = await api.post("/clients", body);
			expect(reply, JSON.stringify(body)).toMatchObject({
				status: 400,
				body: { errors: [{ path: "name" }] },
			});
		}
		expect((await api.post("/clients", { type: "person", name: "Jo" })).body.errors[0].path).toBe("type");
	});

	it("has an address and a contact person, which refuse unknown fields and are replaced as a whole", async () => {
		const api = await createCaller();
		const { id, ...client } = await createClient(api, {
			billingAddress: { city: "Bern", country: "Switzerland" },
			primaryContact: { firstName: "Jo", email: "jo@acme.example" },
		});
		expect(client.billingAddress).toEqual({
			address: null,
			city: "Bern",
			landmark: null,
			state: null,
			country: "Switzerland",
			postalCode: null,
		});
		const moved = await api.patch(`/clients/${id}`, { billingAddress: { postalCode: "3000" } });
		expect(moved.body.billingAddress).toMatchObject({ city: null, postalCode: "3000" });
		expect(moved.body.primaryContact).toEqual(client.primaryContact);
		expect((await api.patch(`/clients/${id}`, { primaryContact: null })).body.primaryContact).toBeNull();
		for (const [body, path] of [
			[{ billingAddress: { street: "x" } }, "billingAddress.street"],
			[{ primaryContact: { email: "x" } }, "primaryContact.email"],
			[{ billingAddress: [] }, "billingAddress"],
		] as const) {
			const reply = await api.patch(`/clients/${id}`, body);
			expect(reply).toMatchObject({ status: 400, body: { errors: [{ path }] } });
		}
	});

	it("reports what an update changed; an update that changes nothing has no event", async () => {
		const api = await createCaller();
		const { id } = await createClient(api, { billingAddress: { city: "Bern" } });
		const same = await api.patch(`/clients/${id}`, { name: "Acme", billingAddress: { city: "Bern" } });
		expect(same.body.version).toBe(1);
		await api.patch(`/clients/${id}`, { phone: "+41315550100", name: "Acme AG" });
		await api.delete(`/clients/${id}`);
		const events = await eventsOf(api.organizationId, 1);
		expect(events.map(({ type }) => type)).toEqual(["client.updated", "client.deleted"]);
		expect(events[0]?.payload.changes).toEqual({
			phone: { from: null, to: "+41315550100" },
			name: { from: "Acme", to: "Acme AG" },
		});
		expect(events[1]?.payload.data).toMatchObject({ id, name: "Acme AG", deletedAt: null });
	});

	it("belongs to a company: another client, and no contact", async () => {
		const api = await createCaller();
		const company = await createClient(api);
		const contact = await create(api, "/clients", { type: "contact", name: "Jo", companyId: company.id });
		const stranger = await createClient(await createCaller());
		for (const companyId of [contact.id, stranger.id, NOBODY]) {
			const reply = await api.post("/clients", { type: "contact", name: "Flo", companyId });
			expect(reply).toMatchObject({
				status: 400,
				body: { errors: [{ path: "companyId", message: "There is no such company." }] },
			});
		}
		const self = await api.patch(`/clients/${company.id}`, { companyId: company.id });
		expect(self).toMatchObject({ status: 400, body: { errors: [{ path: "companyId" }] } });
		expect(await eventTypesOf(api.organizationId, 2)).toEqual([]);
	});

	it("is found by what it is filtered and searched by", async () => {
		const api = await createCaller();
		const acme = await createClient(api, { taxNumber: "DE123", email: "office@acme.example" });
		const jo = await create(api, "/clients", {
			type: "contact",
			name: "Jo Müller",
			phone: "+41 31 555 01 00",
			companyId: acme.id,
		});
		for (const [query, found] of [
			["type=contact", jo],
			["email=OFFICE@acme.example", acme],
			[`phone=${encodeURIComponent("+41 31 555 01 00")}`, jo],
			["taxNumber=de123", acme],
			[`companyId=${acme.id}`, jo],
			["search=muller", jo],
			["search=de12", acme],
			["search=office@acme", acme],
			["search=41%2031", jo],
		] as const) {
			const { body } = await api.get(`/clients?${query}`);
			expect(body.items, query).toEqual([found]);
		}
		const byName = await api.get("/clients?orderBy=name&orderDir=desc");
		expect(byName.body.items).toEqual([jo, acme]);
	});
});

describe("deleting a client", () => {
	it("is refused while a contact, deal or task holds it, and names what does", async () => {
		const api = await createCaller({ keys: 2 });
		await createPipeline(api);
		const client = await createClient(api);
		const holders = [
			["clients", { type: "contact", name: "Jo", companyId: client.id }, "companyId"],
			["deals", { title: "Relaunch", clientId: client.id }, "clientId"],
			["tasks", { title: "Call", entity: "clients", entityId: client.id }, "entityId"],
		] as const;
		for (const [path, body, field] of holders) {
			const holder = await create(api, `/${path}`, body);
			const refused = await api.delete(`/clients/${client.id}`);
			expect(refused.status).toBe(409);
			expect(refused.body.message).toContain(`${holder.id} holds it as ${field}`);
			expect((await api.delete(`/${path}/${holder.id}`)).status).toBe(204);
		}
		expect((await api.delete(`/clients/${client.id}`)).status).toBe(204);
	});

	it("and a deal that is created for it never both succeed", async () => {
		const api = await createCaller({ keys: 4 });
		await createPipeline(api);
		for (let round = 0; round < 8; round += 1) {
			const client = await createClient(api);
			const [gone, made] = await Promise.all([
				api.delete(`/clients/${client.id}`),
				api.post("/deals", { title: "Relaunch", clientId: client.id }),
			]);
			expect([
				[204, 400],
				[409, 201],
			]).toContainEqual([gone.status, made.status]);
		}
	});
});

describe("many clients at once", () => {
	it("are upserted by e-mail or phone, concurrent ones as one row", async () => {
		const api = await createCaller();
		const body = { matchBy: "phone", phone: "+41315550100", name: "Acme" };
		const replies = await Promise.all([1, 2, 3].map(() => api.post("/clients/upsert", body)));
		expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
		expect((await api.get("/clients")).body.items).toHaveLength(1);
		const updated = await api.post("/clients/upsert", { ...body, email: "office@acme.example" });
		expect(updated).toMatchObject({ status: 200, body: { name: "Acme", email: "office@acme.example" } });
		const nameless = await api.post("/clients/upsert", { matchBy: "email", email: "OFFICE@acme.example" });
		expect(nameless).toMatchObject({ status: 200, body: { name: "Acme" } });
	});

	it("keep their kind in an upsert while other clients depend on it", async () => {
		const api = await createCaller();
		const company = await createClient(api, { phone: "+41315550100" });
		const contact = await create(api, "/clients", { type: "contact", name: "Jo", companyId: company.id });
		const body = { matchBy: "phone", phone: "+41315550100", type: "contact" };
		const refused = await api.post("/clients/upsert", body);
		expect(refused).toMatchObject({ status: 409, body: { errors: [{ path: "type" }] } });
		expect(refused.body.message).toContain(contact.id);
		await api.patch(`/clients/${contact.id}`, { companyId: null });
		expect((await api.post("/clients/upsert", body)).body).toMatchObject({ id: company.id, type: "contact" });
	});

	it("are created in one batch, the bad ones named", async () => {
		const api = await createCaller();
		const { body } = await api.post("/clients/batch", {
			items: [{ name: "A" }, { type: "contact" }, { name: "C", companyId: NOBODY }, { name: "D" }],
		});
		expect(body).toMatchObject({ created: 2, failed: 2 });
		expect(body.results[1].error.errors[0].path).toBe("name");
		expect(body.results[2].error.errors[0].path).toBe("companyId");
		expect(await eventTypesOf(api.organizationId)).toEqual(["client.created", "client.created"]);
	});
});
