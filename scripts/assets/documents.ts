// Writes into the folder of the assets what is made of the endpoints, the OpenAPI document and the texts derived from it, and two
// pages, which name the host as these texts do (src/site/published.ts).
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "../tools/tools.ts";
import { type Guide, readGuides } from "./pages.ts";

interface Documentation {
	documentationFiles(description: string, guides: readonly Guide[]): ReadonlyMap<string, string>;
}

// By its path, as the compiler checks the Worker's code with the types of its runtime, which are not Node's.
const path = join(repositoryRoot, "src", "documentation", "files.ts");
const { documentationFiles } = (await import(pathToFileURL(path).href)) as Documentation;

const introduction = readFileSync(join(repositoryRoot, "docs", "introduction.md"), "utf8").trim();
const [, , folder = ""] = process.argv;
for (const [name, text] of documentationFiles(introduction, readGuides())) {
	const file = join(folder, name);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
}
// As texts: asked for a page, the assets would redirect to its name without the ending.
for (const page of ["landing", "reference"])
	copyFileSync(join(import.meta.dirname, `${page}.html`), join(folder, "published", `${page}.txt`));
