// `npm run package -- FOLDER`: builds the package `leadwire` and installs it into a project. It is not published:
// `npm install leadwire` would install a package of somebody else, which would then get API keys.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { captureTool, plain, repositoryRoot } from "../tools/tools.ts";

const [folder] = process.argv.slice(2);

try {
	await install();
} catch (error) {
	console.error(plain(error));
	process.exitCode = 1;
}

async function install(): Promise<void> {
	if (!folder) throw new Error("Say which project it is for: npm run package -- ../my-project");
	const project = resolve(process.env.INIT_CWD ?? process.cwd(), folder);
	if (!existsSync(join(project, "package.json"))) {
		throw new Error(
			`${project} is not an npm project: it has no package.json. Make one there with: npm init -y`,
		);
	}
	const packed = await captureTool("npm", [
		...["pack", "./sdk", "--json", "--ignore-scripts"],
		...["--pack-destination", join(repositoryRoot, "dist")],
	]);
	const [made] = Object.values(JSON.parse(packed)) as { filename: string }[];
	if (!made) throw new Error("npm packed nothing.");
	const tarball = join(repositoryRoot, "dist", made.filename);
	await captureTool("npm", [
		"install",
		"--prefix",
		project,
		"--prefer-offline",
		"--no-audit",
		"--no-fund",
		tarball,
	]);
	console.log(
		`Installed ${made.filename} into ${project}. The command is there as: npx --no-install leadwire --help`,
	);
}
