// Builds the package in sdk/ from dist/openapi.json. Its types and its table of commands are generated from the document, so
// they always agree with it and are not under version control.
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import openapiTypescript, { astToString, type OpenAPI3 } from "openapi-typescript";
import { commandsOf } from "../../sdk/src/cli/commands.ts";
import type { ApiDocument } from "../../sdk/src/cli/document.ts";
import { captureTool, repositoryRoot } from "../tools/tools.ts";

const MARK = "custom field";
const sdk = join(repositoryRoot, "sdk");
const generated = join(sdk, "src", "generated");
const document = readFileSync(join(repositoryRoot, "dist", "openapi.json"), "utf8");

mkdirSync(generated, { recursive: true });
writeFileSync(join(generated, "schema.ts"), await types(JSON.parse(document)));
writeFileSync(join(generated, "commands.ts"), table(JSON.parse(document)));
rmSync(join(sdk, "dist"), { recursive: true, force: true });
await captureTool("tsc", ["-p", "sdk"]);
await buildCommonJs(join(repositoryRoot, "dist", "sdk-commonjs"));
chmodSync(join(sdk, "dist", "cli", "main.js"), 0o755);

/** Builds the library for `require`: TypeScript uses the nearest package.json, so the sources are compiled next to another one. */
async function buildCommonJs(folder: string): Promise<void> {
	const type = JSON.stringify({ type: "commonjs" });
	rmSync(folder, { recursive: true, force: true });
	cpSync(join(sdk, "src"), join(folder, "src"), {
		recursive: true,
		filter: (path) => path !== join(sdk, "src", "cli") && !path.endsWith("commands.ts"),
	});
	writeFileSync(join(folder, "package.json"), type);
	const outDir = join(sdk, "dist", "cjs");
	const compilerOptions = { verbatimModuleSyntax: false, rootDir: "src", outDir };
	writeFileSync(
		join(folder, "tsconfig.json"),
		JSON.stringify({ extends: "../../sdk/tsconfig.json", compilerOptions, include: ["src"] }),
	);
	await captureTool("tsc", ["-p", folder]);
	writeFileSync(join(outDir, "package.json"), type);
}

/** Generates types from the document. A custom field is any name that begins with `cf_`; no other unknown name is accepted. */
async function types(source: OpenAPI3): Promise<string> {
	const schemas = Object.values(source.components?.schemas ?? {});
	for (const schema of schemas) {
		if ("patternProperties" in schema)
			Object.assign(schema, { patternProperties: { "^cf_": { const: MARK } } });
	}
	for (const item of Object.values(source.paths ?? {})) dropHeaders(item);
	dropHeaders(source.components?.responses ?? {});
	const written = astToString(await openapiTypescript(source));
	const custom = written.replaceAll(`[key: string]: "${MARK}"`, "[key: CustomFieldName]: CustomFieldValue");
	if (custom === written) throw new Error("The document's custom fields are not where they were.");
	return `export type CustomFieldName = \`cf_\${string}\`;
export type CustomFieldValue = string | number | boolean | string[] | null;\n\n${custom}`;
}

/** Leaves out the types of answers' headers, which would be a third of all: callers read them from the response. */
function dropHeaders(node: object): void {
	for (const [name, child] of Object.entries(node)) {
		if (typeof child !== "object" || child === null || name === "content") continue;
		if ("headers" in child && "description" in child) Reflect.deleteProperty(child, "headers");
		dropHeaders(child);
	}
}

function table(source: ApiDocument): string {
	return `import type { Command } from "../cli/commands.ts";

export const commands: readonly Command[] = ${JSON.stringify(commandsOf(source))};
`;
}
