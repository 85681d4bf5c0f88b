import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { captureTool, repositoryRoot } from "../../scripts/tools/tools.ts";
import { applyStep, stepsOf } from "./support/guide.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
const guide = read("docs/adding-a-resource.md");
const linesOf = (code: string) => code.trimEnd().split("\n").length;

test("the guide to adding a resource is true: what it prints compiles and takes bodies, in as many lines as it says", async () => {
	const copy = join(repositoryRoot, "dist", "guide");
	rmSync(copy, { recursive: true, force: true });
	for (const folder of ["src", "test"])
		cpSync(join(repositoryRoot, folder), join(copy, folder), { recursive: true });
	const steps = stepsOf(guide);
	assert.equal(steps.length, 11);
	for (const step of steps) applyStep(step, copy);

	// Beside its schema and its migration.
	const rest = steps.filter(({ path }) => !path.includes("schema"));
	const lines = rest.reduce((sum, { code }) => sum + linesOf(code), 0);
	assert.match(guide, new RegExp(`it takes ${lines} lines`));
	assert.match(read("README.md"), new RegExp(`adding-a-resource\\.md\\), ${lines} lines`));
	assert.ok(lines <= 60);

	const options = { extends: "../../test/tsconfig.json", include: [], files: ["src/index.ts"] };
	options.files.push("test/contract/resources.ts", "test/support/env.d.ts");
	writeFileSync(join(copy, "tsconfig.json"), JSON.stringify(options));
	await captureTool("tsc", ["--noEmit", "-p", copy]);

	const { Supplier, SupplierCreate, SupplierUpdate, supplierExample } = await import(
		join(copy, "src", "crm", "suppliers", "schema.ts")
	);
	assert.deepEqual(Supplier.parse(supplierExample), supplierExample);
	const written = ["email", "isActive", "name", "notes", "ownerId", "tagIds"];
	for (const body of [SupplierCreate, SupplierUpdate])
		assert.deepEqual(Object.keys(body.shape).sort(), written);
});
