import { exports } from "cloudflare:workers";
import { it, vi } from "vitest";
import { ORIGIN, read } from "../support/api.ts";
import { givenCaller } from "../support/given.ts";

it("probe", async () => {
	const api = await givenCaller();
	const show = (n: string, r: { status: number; text: string; headers: Headers }) => console.log(n, r.status, r.text.slice(0, 300));
	show("type", await api.post("/leads", { name: 5, score: 1.5, email: "x", tagIds: "a", archived: "yes" }));
	show("inf", await api.post("/leads", '{"name":"a","score":1e400}'));
	show("big", await api.post("/leads", '{"name":"a","score":9007199254740993}'));
	show("bom", await api.post("/leads", '\uFEFF{"name":"a"}'));
	show("proto query", await api.get("/leads?__proto__=1"));
	show("constructor query", await api.get("/leads?constructor=1"));
	show("toString", await api.post("/leads", { name: "a", toString: 1 }));
	await new Promise((r) => setTimeout(r, 5));
	show("old after", await api.get("/leads?createdAfter=1960-01-01T00:00:00Z"));
	show("old before", await api.get("/leads?createdBefore=1960-01-01T00:00:00Z"));
	show("year 0", await api.get("/leads?createdAfter=0000-01-01T00:00:00%2B23:59"));
	show("year 9999", await api.get("/leads?createdBefore=9999-12-31T23:59:59-23:59"));
	show("upd 9999", await api.get("/leads?updatedSince=9999-12-31T23:59:59-23:59"));
	for (const [m, p] of [["HEAD", "/leads"], ["PUT", "/leads"], ["PUT", "/leads/ld_01kaj2m5m8f7jt2n3v4w5x6y7z"], ["GET", "/nope"], ["OPTIONS", "/leads"], ["TRACE", "/leads"], ["FOO", "/leads"], ["GET", "/leads/"], ["GET", "/leads/%00"], ["GET", "/leads/%zz"], ["GET", "/leads/..%2f"], ["PUT", "/leads/batch"], ["GET","/leads/batch"]] as const) {
		try {
		const r = await api.send(m, p);
		console.log(m, p, r.status, r.text, JSON.stringify([...r.headers]));
		} catch (e) { console.log(m, p, String(e)); }
	}
	for (const u of [`${ORIGIN}/`, `${ORIGIN}/nope`, `${ORIGIN}/api/v1`, `${ORIGIN}/api/v1/`, `http://api.leadwire.test/api/v1/leads`, `http://localhost/api/v1/leads`, `${ORIGIN}/openapi.json`, `${ORIGIN}/api/v1/openapi.json`]) {
		const r = await read(await exports.default.fetch(u, { redirect: "manual" }));
		console.log(u, r.status, r.text.slice(0, 200), JSON.stringify([...r.headers]));
	}
	const pre = await exports.default.fetch(`${ORIGIN}/api/v1/leads`, { method: "OPTIONS", headers: { origin: "https://x.example", "access-control-request-method": "PATCH", "access-control-request-headers": "x-api-key,if-match,idempotency-key" } });
	console.log("preflight", pre.status, JSON.stringify([...pre.headers]));
	// limited with headers
	const l = await api.get("/leads?limit=1");
	show("list", l);
	const lead = l.body.items[0];
	const all = await Promise.all(Array.from({ length: 60 }, () => api.get(`/leads/${lead.id}`)));
	const lim = all.find((r) => r.status === 429);
	console.log("limited", lim?.text, JSON.stringify([...(lim?.headers ?? [])]));
	// clock
	const b = await givenCaller();
	vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
	await Promise.all(Array.from({ length: 60 }, () => b.get("/tags?limit=1")));
	vi.setSystemTime(Date.now() - 90_000);
	let r = await b.get("/tags");
	console.log("back 90", r.status, r.headers.get("retry-after"));
	vi.setSystemTime(Date.now() + 60_000);
	r = await b.get("/tags");
	console.log("after 60", r.status, r.headers.get("retry-after"));
	vi.useRealTimers();
});
