// Which file may import which, read from the sources. The order is the one that docs/architecture.md lists.
import { z as whole } from "@hono/zod-openapi";
import { describe, expect, it } from "vitest";
import { z as ours } from "../../src/zod-alone.ts";

const [page = ""] = Object.values(
	import.meta.glob<string>("../../docs/architecture.md", { query: "?raw", import: "default", eager: true }),
);
const sources: Record<string, string> = Object.fromEntries(
	Object.entries(
		import.meta.glob<string>("../../src/**/*.ts", { query: "?raw", import: "default", eager: true }),
	).map(([path, text]) => [path.replace("../../src/", ""), text]),
);

interface Import {
	readonly from: string;
	/** A file below src/, or a package. */
	readonly to: string;
	readonly names: string;
}

const imports: readonly Import[] = Object.entries(sources).flatMap(([from, text]) =>
	[...text.matchAll(/(?:^(?:import|export) ([^;"]*? from )?|\bimport\()"([^"]+)"/gm)].map(
		([, names = "", to = ""]) => ({
			from,
			to: to.startsWith(".") ? new URL(to, `file:///src/${from}`).pathname.replace("/src/", "") : to,
			names: names.replace(/ from $/, ""),
		}),
	),
);
const toFiles = imports.filter(({ to }) => to.endsWith(".ts"));

const shown = ({ from, to }: Import) => `${from} → ${to}`;

/** Those that break a rule, as "who → whom". */
const breaking = (rule: (edge: Import) => boolean) => imports.filter(rule).map(shown);

const isRoutes = (path: string) => /(?:^|[/-])(?:routes|lists)\.ts$/.test(path);
const speaksHttp = (path: string) =>
	/^(?:http|gate|site|documentation|public-forms)\//.test(path) || path === "app.ts" || isRoutes(path);
const folderOf = (path: string) => path.replace(/[^/]*$/, "");

/** What the page lists, lowest first, by the folder whose order it is. */
const orders: Readonly<Record<string, readonly string[]>> = (() => {
	const section = page.split(/^## /m).find((text) => text.startsWith("Order of imports\n")) ?? "";
	const [all = [], crm = []] = [...section.matchAll(/^```text\n([^`]*)^```/gm)].map(([, list = ""]) =>
		[...list.matchAll(/^(\S+)\s+\S/gm)].map(([, name = ""]) => name),
	);
	return { "": all, "crm/": crm };
})();

/** The file or folder right below a folder that a path belongs to; undefined for what is elsewhere. */
const entryOf = (folder: string, path: string) =>
	path.startsWith(folder) ? path.slice(folder.length).match(/^[^/]+\/?/)?.[0] : undefined;

describe("imports", () => {
	it("are all found", () => {
		expect(Object.keys(sources).length).toBeGreaterThan(50);
		expect(imports.length).toBeGreaterThan(200);
		expect(toFiles.filter(({ to }) => !(to in sources))).toEqual([]);
		const statements = Object.values(sources)
			.join("\n")
			.match(/^import /gm)?.length;
		expect(imports.length).toBeGreaterThanOrEqual(statements ?? 0);
	});

	it.for(Object.entries(orders))("of %j follow the order in docs/architecture.md", ([folder, order]) => {
		const entries = Object.keys(sources).flatMap((path) => entryOf(folder, path) ?? []);
		expect([...order].sort()).toEqual([...new Set(entries)].sort());
		const wrong = toFiles.filter(({ from, to }) => {
			const [importer, imported] = [entryOf(folder, from), entryOf(folder, to)];
			if (importer === undefined || imported === undefined || importer === imported) return false;
			return order.indexOf(imported) > order.indexOf(importer);
		});
		expect(wrong.map(shown)).toEqual([]);
	});

	it("have no cycles", () => {
		const byFile = Map.groupBy(toFiles, ({ from }) => from);
		const done = new Set<string>();
		const circle = (path: string, way: readonly string[]): string | null => {
			if (way.includes(path)) return [...way.slice(way.indexOf(path)), path].join(" → ");
			if (done.has(path)) return null;
			for (const { to } of byFile.get(path) ?? []) {
				const found = circle(to, [...way, path]);
				if (found) return found;
			}
			done.add(path);
			return null;
		};
		const found = Object.keys(sources)
			.map((path) => circle(path, []))
			.find((way) => way !== null);
		expect(found).toBeUndefined();
	});

	it("of rules take only zod from hono", () => {
		const hono = ({ to, names }: Import) =>
			/^hono(?:\/|$)/.test(to) || (to === "@hono/zod-openapi" && !/^(?:type )?\{ z \}$/.test(names));
		expect(breaking((edge) => hono(edge) && !speaksHttp(edge.from))).toEqual([]);
	});

	it("of zod find in the bundle what they use", () => {
		const types = new Set(["core", "output", "ZodUndefined"]);
		const used = Object.entries(sources)
			.filter(([path]) => !path.startsWith("documentation/"))
			.flatMap(([, text]) => [...text.matchAll(/\bz\s*\.\s*(\w+)/g)].map(([, name = ""]) => name))
			.filter((name) => name in whole && !types.has(name));
		expect(used.length).toBeGreaterThan(100);
		expect(used.filter((name) => !(name in ours))).toEqual([]);
	});

	it("of routes are only in their own folder and in app.ts", () => {
		expect(
			breaking(
				({ from, to }) =>
					isRoutes(to) && from !== "app.ts" && !(isRoutes(from) && folderOf(from) === folderOf(to)),
			),
		).toEqual([]);
	});
});
describe("D1", () => {
	const using = (pattern: RegExp) => Object.keys(sources).filter((path) => pattern.test(sources[path] ?? ""));

	it("is called in one file", () => {
		expect(
			using(/\.prepare\(|\bDB\.(?:batch|exec|withSession)\b|\bdb\.(?:batch|exec|withSession)\b/),
		).toEqual(["db/client.ts", "db/seen.ts"]);
	});

	// That nobody writes by another call is checked of every statement that the tests send: test/support/writes.ts.
	it("is written to by the listed files only", () => {
		const writers = imports.filter(
			({ to, names }) => to === "db/commit.ts" && /\b(?:commit|write)\b/.test(names),
		);
		expect(writers.map(({ from }) => from).sort()).toEqual([
			"custom-fields/restamp.ts",
			"delivery/claim.ts",
			"delivery/recording.ts",
			"delivery/slow.ts",
			"erasure/events.ts",
			"erasure/steps.ts",
			"erasure/worker.ts",
			"gate/known-key.ts",
			"http/idempotency.ts",
			"http/write.ts",
			"moving/leftovers.ts",
			"moving/move.ts",
			"notifications/notify.ts",
			"outbox/catch-up.ts",
			"outbox/wake.ts",
			"request-log/store.ts",
			"resealing/reseal.ts",
			"retention/events.ts",
			"retention/logs.ts",
			"retention/overflow.ts",
			"retention/refold.ts",
			"retention/trash.ts",
			"retention/weigh.ts",
			"sweeper/sweep.ts",
		]);
	});

	it("never gets SQL that is built from strings", () => {
		expect(using(/sql\.raw\(/)).toEqual(["db/columns.ts", "db/insertion.ts"]);
		// A column of the schema, named by the schema itself.
		expect(sources["db/columns.ts"]?.match(/sql\.raw\(.*/g)).toEqual([
			expect.stringMatching(/^sql\.raw\(`coalesce\("folded"->>'\$\{field\}', "\$\{field\}"\)`\), /),
		]);
		expect(sources["db/insertion.ts"]?.match(/sql\.raw\(.*/g)).toEqual([
			expect.stringMatching(/^sql\.raw\(`'\$\{field\}'`\)\}`;$/),
		]);
	});
});

describe("the schemas of resources", () => {
	it("have fields that are made when they are needed (http/objects.ts): an isolate starts for one request", () => {
		const eager = /^(?:export )?const \w+ = z\s*\.(?:strictO|o)bject\(/m;
		const files = Object.keys(sources).filter((path) => path.endsWith("schema.ts"));
		expect(files.length).toBeGreaterThan(20);
		expect(files.filter((path) => eager.test(sources[path] ?? ""))).toEqual([]);
	});
});
