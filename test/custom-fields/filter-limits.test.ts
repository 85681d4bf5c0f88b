// How many custom fields the filters of a list may name: each takes parameters and joins of a statement, of which D1 allows few.
import { describe, expect, it } from "vitest";
import type { Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";

describe("custom fields in the filters of a list", () => {
	it.each([
		[
			"leads",
			"email=a@example.com&mobile=%2B14155550123&archived=true",
			"tag assignee owner source stage",
			"lstg",
		],
		[
			"deals",
			"priority=LOW&status=WON",
			"tag assignee owner source stage client lead contact pipeline",
			"dps",
		],
	])("of %s take ten beside all others and a search", async (path, filters, references, stagePrefix) => {
		const api = await createCaller();
		const fields = Array.from({ length: 10 }, (_, index) => `f${index}`);
		for (const label of fields) await api.post("/custom-fields", { entity: path, label, type: "text" });
		const prefixes: Json = {
			...{ tag: "tag", assignee: "usr", owner: "usr", source: "src", stage: stagePrefix },
			...{ client: "clt", lead: "ld", contact: "clt", pipeline: "dpl" },
		};
		const suffix = "01h455vb4pex5vsknk084sn02q";
		const one = [
			...fields.map((label) => `cf_${label}=x`),
			...references.split(" ").map((name) => `${name}Id=${prefixes[name]}_${suffix}`),
			...[filters, `id=${path === "leads" ? "ld" : "dl"}_${suffix}`],
		].join("&");
		const times =
			"createdAfter=2020-01-01T00:00:00Z&createdBefore=2999-01-01T00:00:00Z&updatedSince=2020-01-01T00:00:00Z";
		for (const orderBy of ["createdAt", "updatedAt", "cf_n"]) {
			if (orderBy === "cf_n") await api.post("/custom-fields", { entity: path, label: "n", type: "number" });
			const query = `${one}&${one}&${times}&search=one%20two&includeDeleted=true&orderBy=${orderBy}`;
			const reply = await api.get(`/${path}?${query}`);
			expect(reply.status, reply.text).toBe(200);
		}
	});

	it("are at most ten among a list's filters, of at most fifty values", async () => {
		const api = await createCaller();
		const labels = Array.from({ length: 34 }, (_, index) => `f${index}`);
		for (const label of labels) await api.post("/custom-fields", { entity: "leads", label, type: "text" });
		const asked = (count: number) =>
			labels
				.slice(0, count)
				.map((label) => `cf_${label}=x`)
				.join("&");
		expect((await api.get(`/leads?${asked(10)}&orderBy=name`)).status).toBe(200);
		expect(await api.get(`/leads?${asked(34)}`)).toMatchObject({
			status: 400,
			body: { errors: [{ path: "cf_f10" }] },
		});
		const values = "&cf_f0=x".repeat(51);
		expect(await api.get(`/leads?${values}`)).toMatchObject({
			status: 400,
			body: { errors: [{ path: "cf_f0" }] },
		});
	});
});
