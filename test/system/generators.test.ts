// What foreign generators make of our documents: all operations are in it, and it compiles under strict TypeScript. Names
// that collide, schemas that no type fits and references that lead nowhere show here before they show at somebody's.
import assert from "node:assert/strict";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createClient } from "@hey-api/openapi-ts";
import { safeBuild } from "@kubb/core";
import { pluginClient } from "@kubb/plugin-client";
import { pluginOas } from "@kubb/plugin-oas";
import { pluginTs } from "@kubb/plugin-ts";
import openapiTypescript, { astToString } from "openapi-typescript";
import { generate as orval } from "orval";
import { generateApi } from "swagger-typescript-api";
import type { DocumentPart } from "../../scripts/openapi/strict-schemas.ts";
import { captureTool, repositoryRoot } from "../../scripts/tools/tools.ts";
import { withServer } from "./support/customized.ts";

/** What each makes of the document in a file, in a folder of its own. */
const GENERATORS: Readonly<Record<string, (input: string, output: string) => Promise<unknown>>> = {
	"openapi-typescript": async (input, output) => {
		mkdirSync(output);
		const types = await openapiTypescript(JSON.parse(readFileSync(input, "utf8")));
		writeFileSync(join(output, "schema.ts"), astToString(types));
	},
	"hey-api": (input, output) =>
		createClient({
			input,
			output,
			plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
			logs: { level: "silent" },
		}),
	orval: (input, output) => orval({ input, output: { target: join(output, "client.ts"), client: "fetch" } }),
	kubb: async (input, output) => {
		const { error, failedPlugins } = await safeBuild({
			config: {
				root: repositoryRoot,
				input: { path: input },
				output: { path: output },
				plugins: [
					pluginOas({ generators: [], validate: false }),
					pluginTs({}),
					pluginClient({ client: "fetch" }),
				],
			},
		});
		if (error) throw error;
		for (const failed of failedPlugins) throw failed.error;
	},
	"swagger-typescript-api": (input, output) =>
		generateApi({ input, output, fileName: "client.ts", httpClientType: "fetch", silent: true }),
	// It makes no code: what it bundles is linted, under the rules of redocly.yaml.
	redocly: async (input, output) => {
		const bundled = join(output, "openapi.json");
		await captureTool("redocly", ["bundle", input, "--output", bundled]);
		await captureTool("redocly", ["lint", bundled, "--config=scripts/openapi/redocly.yaml"]);
	},
};

/** Strict, and nothing that the generators' own manuals don't ask for. */
const compilerOptions = {
	strict: true,
	noEmit: true,
	target: "ES2022",
	module: "ESNext",
	moduleResolution: "bundler",
	lib: ["ES2023", "DOM", "DOM.Iterable"],
	types: [],
	skipLibCheck: true,
	// Kubb's own way to import.
	allowImportingTsExtensions: true,
};

test("six generators make every operation of both documents, in code that compiles", async (t) => {
	await withServer(async (organize, publicDocument) => {
		const { document: ownDocument } = await organize(false);
		for (const [name, document] of Object.entries({ public: publicDocument, own: ownDocument })) {
			const folder = join(repositoryRoot, "dist", "generators", name);
			rmSync(folder, { recursive: true, force: true });
			mkdirSync(folder, { recursive: true });
			const input = join(folder, "document.json");
			writeFileSync(input, JSON.stringify(document));
			const operations = operationsOf(document);
			assert(operations.length > 120, `${operations.length} operations`);
			for (const [generator, generate] of Object.entries(GENERATORS)) {
				await t.test(`${generator} of the ${name} document`, async () => {
					const output = join(folder, generator);
					await generate(input, output);
					const texts = globSync("**/*.{ts,json}", { cwd: output }).map((path) =>
						readFileSync(join(output, path), "utf8"),
					);
					const names = new Set(texts.join("\n").match(/\w+/g));
					assert.deepEqual(
						operations.filter((operation) => !names.has(operation)),
						[],
					);
				});
			}
			await t.test(`all of it compiles, made of the ${name} document`, async () => {
				const project = join(folder, "tsconfig.json");
				writeFileSync(project, JSON.stringify({ compilerOptions, include: ["*/**/*.ts"] }));
				await captureTool("tsc", ["--project", project]);
			});
		}
	});
});

const operationsOf = (document: DocumentPart): string[] =>
	Object.values<DocumentPart>(document.paths).flatMap((item) =>
		Object.values<DocumentPart>(item).map(({ operationId }) => operationId),
	);
