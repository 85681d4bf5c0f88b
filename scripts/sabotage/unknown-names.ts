// Names in mutants that do not exist: such a mutant fails its test by a ReferenceError and not by the bug that it stands for.
import { join } from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../tools/tools.ts";
import type { Mutant } from "./mutant.ts";
import { changedFiles } from "./sabotage.ts";

/** TypeScript's numbers for names, members and exports that do not exist. */
const UNKNOWN = new Set([2304, 2305, 2339, 2551, 2552]);

/**
 * A function that gives the compiler's messages about unknown names and about syntax in a mutant's files; none if it is sound.
 * The mutants are checked one after the other against one program, which takes about 16 s for all.
 */
export function unknownNames(): (mutant: Mutant) => string[] {
	const config = join(repositoryRoot, "tsconfig.json");
	const { config: json } = ts.readConfigFile(config, ts.sys.readFile);
	const { fileNames, options } = ts.parseJsonConfigFileContent(json, ts.sys, repositoryRoot);
	let mutated = new Map<string, string>();
	const versions = new Map<string, number>();
	const service = ts.createLanguageService({
		fileExists: ts.sys.fileExists,
		readFile: ts.sys.readFile,
		readDirectory: ts.sys.readDirectory,
		getScriptFileNames: () => fileNames,
		getScriptVersion: (path) => String(versions.get(path) ?? 0),
		getScriptSnapshot: (path) => {
			const text = mutated.get(path) ?? ts.sys.readFile(path);
			return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
		},
		getCurrentDirectory: () => repositoryRoot,
		getCompilationSettings: () => options,
		getDefaultLibFileName: ts.getDefaultLibFilePath,
	});
	const change = (texts: Map<string, string>) => {
		for (const path of [...mutated.keys(), ...texts.keys()])
			versions.set(path, (versions.get(path) ?? 0) + 1);
		mutated = texts;
	};
	return (mutant) => {
		const files = [...changedFiles(mutant)].filter(([file]) => file.startsWith("src/"));
		change(new Map(files.map(([file, { mutated: text }]) => [join(repositoryRoot, file), text])));
		return [...mutated.keys()].flatMap((path) =>
			[
				...service.getSyntacticDiagnostics(path),
				...service.getSemanticDiagnostics(path).filter(({ code }) => UNKNOWN.has(code)),
			].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " ")),
		);
	};
}
