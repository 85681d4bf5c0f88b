// Who may know whom (DESIGN §2), read from the source itself.
import { describe, expect, it } from "vitest";

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
	readonly typesOnly: boolean;
}

const imports: readonly Import[] = Object.entries(sources).flatMap(([from, text]) =>
	[...text.matchAll(/^(?:import|export) ([^;"]*?) from "([^"]+)"/gm)].map(([, names = "", to = ""]) => ({
		from,
		to: to.startsWith(".") ? new URL(to, `file:///src/${from}`).pathname.replace("/src/", "") : to,
		names,
		typesOnly: /^type /.test(names) || /^\{(?:\s*type [\w\s]+,?)+\s*\}$/.test(names),
	})),
);

/** Those that break a rule, as "who → whom". */
const breaking = (rule: (edge: Import) => boolean) =>
	imports.filter(rule).map(({ from, to }) => `${from} → ${to}`);

const isRoutes = (path: string) => /(?:^|\/)(?:routes|lists)\.ts$/.test(path);
const speaksHttp = (path: string) =>
	/^(?:http|gate|site)\//.test(path) || path === "app.ts" || isRoutes(path);
describe("imports", () => {
	it("are all found", () => {
		expect(Object.keys(sources).length).toBeGreaterThan(50);
		expect(imports.length).toBeGreaterThan(200);
		const files = imports.filter(({ to }) => to.endsWith(".ts"));
		expect(files.filter(({ to }) => !(to in sources))).toEqual([]);
		const statements = Object.values(sources)
			.join("\n")
			.match(/^import /gm)?.length;
		expect(imports.length).toBeGreaterThanOrEqual(statements ?? 0);
	});

	it("never lead back to index or app", () => {
		expect(breaking(({ to }) => to === "index.ts")).toEqual([]);
		expect(breaking(({ from, to }) => to === "app.ts" && from !== "index.ts")).toEqual([]);
	});

	it("of db are db and what stands below it", () => {
		const below = /^(?:db\/|text\/|context\.ts|env\.ts|errors\.ts|ids\.ts|drizzle-orm)/;
		expect(breaking(({ from, to }) => from.startsWith("db/") && !below.test(to))).toEqual([]);
	});

	it("of rules know nothing of hono but its zod", () => {
		const hono = ({ to, names }: Import) =>
			/^hono(?:\/|$)/.test(to) || (to === "@hono/zod-openapi" && !/^(?:type )?\{ z \}$/.test(names));
		expect(breaking((edge) => hono(edge) && !speaksHttp(edge.from))).toEqual([]);
	});

	it("of routes are app's alone", () => {
		expect(breaking(({ from, to }) => isRoutes(to) && from !== "app.ts")).toEqual([]);
	});

	it("go in no circle, types aside", () => {
		const values = Map.groupBy(
			imports.filter(({ typesOnly }) => !typesOnly),
			({ from }) => from,
		);
		const done = new Set<string>();
		const circle = (path: string, way: readonly string[]): string | null => {
			if (way.includes(path)) return [...way.slice(way.indexOf(path)), path].join(" → ");
			if (done.has(path)) return null;
			for (const { to } of values.get(path) ?? []) {
				const found = circle(to, [...way, path]);
				if (found) return found;
			}
			done.add(path);
			return null;
		};
		expect(
			Object.keys(sources)
				.map((path) => circle(path, []))
				.filter(Boolean),
		).toEqual([]);
	});
});

describe("D1", () => {
	const using = (pattern: RegExp) => Object.keys(sources).filter((path) => pattern.test(sources[path] ?? ""));

	it("is spoken to in one place, and written to in few", () => {
		expect(
			using(/\.prepare\(|\bDB\.(?:batch|exec|withSession)\b|\bdb\.(?:batch|exec|withSession)\b/),
		).toEqual(["db/client.ts", "db/meter.ts"]);
	});

	it("is never sent SQL made of strings", () => {
		expect(using(/sql\.raw\(/)).toEqual(["db/columns.ts", "db/store.ts"]);
		// A column of the schema, named by the schema itself.
		expect(sources["db/columns.ts"]?.match(/sql\.raw\(.*/g)).toEqual([
			expect.stringMatching(/^sql\.raw\(`coalesce\("folded"->>'\$\{field\}', "\$\{field\}"\)`\), /),
		]);
		expect(sources["db/store.ts"]?.match(/sql\.raw\(.*/g)).toEqual([
			expect.stringMatching(/^sql\.raw\(`'\$\{field\}'`\)\}`\),$/),
		]);
	});
});
