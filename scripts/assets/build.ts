// `npm run build`: makes dist/assets, the folder of the Worker's static assets. It has the files of assets/ unchanged, the guides of
// docs/guides as pages, and the dashboard.
import { execFileSync } from "node:child_process";
import {
	cpSync,
	existsSync,
	globSync,
	mkdirSync,
	readdirSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { captureTool, repositoryRoot, toolEnvironment } from "../tools/tools.ts";
import { page } from "./layout.ts";
import { alone } from "./lock.ts";
import { readGuides } from "./pages.ts";
import { render } from "./render.ts";
import { sectionsOf } from "./sections.ts";

const folder = join(repositoryRoot, "dist", "assets");
const docs = join(folder, "docs");
const dashboard = join(folder, "dashboard");

/**
 * Copies assets/ and makes the guides' pages: docs/<slug>.html, the Markdown beside it for programs, docs/sections.json for the search
 * of the pages (assets/search.js); and what is made of the endpoints (documents.ts). Does nothing if they are newer than their sources.
 */
export function buildPages(): void {
	// Written last: if it exists, the other files exist too.
	const index = join(docs, "sections.json");
	const isNew = () => isNewerThan(index, ["assets/**", "docs/**", "scripts/assets/**", "src/**"]);
	if (isNew()) return;
	// Tests and servers that start at the same time would remove each other's files.
	alone(() => {
		if (!isNew()) writePages(index);
	});
}

function writePages(index: string): void {
	const guides = readGuides();
	mkdirSync(folder, { recursive: true });
	for (const name of readdirSync(folder))
		if (join(folder, name) !== dashboard) rmSync(join(folder, name), { recursive: true });
	cpSync(join(repositoryRoot, "assets"), folder, { recursive: true });
	mkdirSync(docs, { recursive: true });
	const sections = guides.flatMap((guide) => {
		const rendered = render(guide, guides);
		writeFileSync(join(docs, `${guide.slug}.html`), page(guide, rendered, guides));
		writeFileSync(join(docs, `${guide.slug}.md`), guide.markdown);
		return sectionsOf(guide, rendered.headings);
	});
	// In a process of its own: few programs that need the assets need all of the Worker's code, too.
	execFileSync(process.execPath, [join(import.meta.dirname, "documents.ts"), folder], {
		env: toolEnvironment(),
	});
	writeFileSync(index, JSON.stringify(sections));
}

/** Builds the dashboard, unless it is newer than its sources. */
export async function buildDashboard(): Promise<void> {
	if (isNewerThan(join(dashboard, "index.html"), ["dashboard/**"])) return;
	await captureTool("vite", ["build", "dashboard", "--logLevel", "warn"]);
}

/** Whether a file exists and is newer than all files and folders of `sources`; a folder's time shows removals. */
function isNewerThan(file: string, sources: readonly string[]): boolean {
	if (!existsSync(file)) return false;
	const made = statSync(file).mtimeMs;
	const paths = globSync([...sources, "package-lock.json"], { cwd: repositoryRoot });
	return paths.every((path) => statSync(join(repositoryRoot, path)).mtimeMs < made);
}

if (import.meta.main) {
	buildPages();
	await buildDashboard();
}
