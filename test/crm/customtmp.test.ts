import { expect, it } from "vitest";
import { givenCaller } from "../support/given.ts";
it("custom", async () => {
	const api = await givenCaller();
	const f = await api.post("/custom-fields", { entity: "leads", label: " Company  Size ", type: "singleSelect", options: ["a", "b"] });
	console.log(f.status, f.text);
	const n = await api.post("/custom-fields", { entity: "leads", label: "Größe Nr", type: "number" });
	const u = await api.post("/custom-fields", { entity: "leads", label: "Ext", type: "text", unique: true });
	console.log(n.text, u.status);
	for (const [i, v] of [[1, 5], [2, -3], [3, 100.5], [4, null]] as const) console.log((await api.post("/leads", { name: `L${i}`, cf_company_size: i % 2 ? "a" : "b", cf_grosse_nr: v, cf_groe_nr: v, cf_ext: `e${i}` })).text);
	console.log((await api.post("/leads", { name: "x", cf_nope: 1 })).text);
	console.log((await api.post("/leads", { name: "x", cf_company_size: "z", cf_grosse_nr: "1" })).text);
	console.log((await api.post("/leads", { name: "x", cf_ext: "e1" })).text);
	for (const q of ["orderBy=cf_groe_nr", "orderBy=cf_groe_nr&orderDir=asc", "cf_company_size=a", "cf_company_size=a&cf_company_size=b", "cf_groe_nr=100.5", "cf_x=1", "orderBy=cf_ext"]) {
		const r = await api.get(`/leads?${q}`);
		console.log(q, r.status, r.body.items?.map((x: { name: string }) => x.name) ?? r.text);
	}
	expect(1).toBe(1);
});
