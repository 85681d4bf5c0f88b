// The router finds the same handlers, with the same parameters, as the one of Hono that it asks once for each form of path.
import { TrieRouter } from "hono/router/trie-router";
import { describe, expect, it } from "vitest";
import { app } from "../../src/app.ts";
import { FormRouter } from "../../src/http/router.ts";
import { newId } from "../../src/ids.ts";

type Name = string;

/** Both routers with all routes of the Worker. */
function routers() {
	const [own, tree] = [new FormRouter<Name>(), new TrieRouter<Name>()];
	for (const [index, { method, path }] of app.routes.entries())
		for (const router of [own, tree]) router.add(method, path, `${index} ${method} ${path}`);
	return { own, tree };
}

/** The handlers of a request in order, each with its parameters. */
function matched(router: FormRouter<Name> | TrieRouter<Name>, method: string, path: string) {
	const [found, stash] = router.match(method, path);
	return found.map(([name, values]) => ({
		name,
		parameters: Object.fromEntries(
			Object.entries(values).map(([key, value]) => [key, typeof value === "number" ? stash?.[value] : value]),
		),
	}));
}

const METHODS = ["GET", "POST", "PATCH", "DELETE", "PUT"];

describe("the router", () => {
	it("finds what Hono's finds, for each route and method, with ids and with other texts", () => {
		const { own, tree } = routers();
		const values = [() => newId("ld", 1), () => newId("evt", 2), () => "batch", () => "%41", () => ":0"];
		for (const { path } of app.routes)
			for (const value of values) {
				const asked = path.replace(/\*$/, "x").replaceAll(/:\w+/g, value);
				for (const method of METHODS)
					for (const variant of [asked, asked, `${asked}/`, `${asked}/more`])
						expect(matched(own, method, variant), `${method} ${variant}`).toEqual(
							matched(tree, method, variant),
						);
			}
	});

	it("keeps two ids of one path apart, also when they are the same", () => {
		const router = new FormRouter<Name>();
		router.add("GET", "/a/:one/b/:two", "both");
		const [one, two] = [newId("ld", 1), newId("ld", 2)];
		for (const ids of [
			[one, two],
			[two, one],
			[one, one],
		])
			expect(matched(router, "GET", `/a/${ids[0]}/b/${ids[1]}`)).toEqual([
				{ name: "both", parameters: { one: ids[0], two: ids[1] } },
			]);
	});

	it("searches a form once, and remembers no path that no route is for", () => {
		const router = new FormRouter<Name>();
		router.add("ALL", "*", "always");
		router.add("GET", "/a/:id", "one");
		const path = () => `/a/${newId("ld", 1)}`;
		expect(router.match("GET", path())[0]).toBe(router.match("GET", path())[0]);
		for (const other of ["/nothing", "/a/not-an-id"])
			expect(router.match("GET", other)[0]).not.toBe(router.match("GET", other)[0]);
	});
});
