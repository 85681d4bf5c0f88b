// The checks that need no running system. `npm run check` runs the quick ones, `npm test` runs all.
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { repositoryRoot } from "../tools/tools.ts";

export interface Check {
	readonly name: string;
	readonly command: readonly [tool: string, ...args: string[]];
	/** The check that produces the input of this one. */
	readonly after?: string;
}

const DOCUMENT = join("dist", "openapi.json");

/** Rules about the sources that are written as tests. */
const SOURCE_RULES = ["test/contract/imports.test.ts"];

const projects = globSync("**/tsconfig.json", {
	cwd: repositoryRoot,
	// Each integration has packages of its own, which `npm run test:integrations` installs, and checks itself.
	exclude: ["**/node_modules", "**/dist", "integrations/*/**"],
});

/** Whether a project uses the types generated from the OpenAPI document. */
const readsDocument = (project: string) => /^(?:sdk|dashboard|test$)/.test(project);

const types = projects.map((path): Check => {
	const project = dirname(path) === "." ? "src" : dirname(path);
	const known = join("dist", "types", `${project.replaceAll("/", "-")}.tsbuildinfo`);
	const command = ["tsc", "--noEmit", "--incremental", "--tsBuildInfoFile", known, "-p", path] as const;
	return { name: `types of ${project}`, command, ...(readsDocument(project) ? { after: "package" } : {}) };
});

export const quickChecks: readonly Check[] = [
	{ name: "OpenAPI document", command: ["node", "scripts/openapi/document.ts"] },
	{ name: "package", command: ["node", "scripts/sdk/sdk.ts"], after: "OpenAPI document" },
	{ name: "format and lint", command: ["biome", "ci", "--colors=off", "."] },
	...types,
	{ name: "lengths of files", command: ["node", "scripts/checks/lengths.ts"] },
	{ name: "repetitions", command: ["jscpd"] },
	{ name: "unused exports", command: ["knip", "--config", "scripts/checks/knip.json", "--no-progress"] },
	{ name: "schema and migrations", command: ["node", "scripts/checks/schema.ts"] },
	{ name: "imports", command: ["vitest", "run", ...SOURCE_RULES] },
];

export const allChecks: readonly Check[] = [
	...quickChecks,
	{
		name: "OpenAPI lint",
		command: ["redocly", "lint", DOCUMENT, "--config=scripts/openapi/redocly.yaml", "--format=stylish"],
		after: "OpenAPI document",
	},
	{
		name: "OpenAPI lint, OWASP",
		command: ["spectral", "lint", DOCUMENT, "-r", "scripts/openapi/spectral.yaml", "-F", "warn"],
		after: "OpenAPI document",
	},
	{ name: "OpenAPI score", command: ["node", "scripts/openapi/score.ts"], after: "OpenAPI document" },
	{ name: "dashboard and guides", command: ["node", "scripts/assets/build.ts"] },
];
