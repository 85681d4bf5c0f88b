// `leadwire import leads contacts.csv` and `leadwire export leads`: a command for each resource that has batches, and for each list.
import type { Request } from "./arguments.ts";
import type { Command, Flag } from "./commands.ts";
import { exportRecords } from "./export.ts";
import { importFile } from "./import.ts";
import type { Session } from "./session.ts";

const flag = (name: string, description: string, kind: Flag["kind"] = "text"): Flag => ({
	...{ name, kind, description, in: "command", required: false },
});

const IMPORT_FLAGS = [
	flag("match-by", "The field by which records are known, e.g. email: those are updated, others created."),
	flag("map", 'A JSON file that says which column is for which field: { "E-mail 1": "email", "Fax": null }.'),
	flag("dry-run", "Show what the columns become, check every row, and send nothing.", "boolean"),
	flag("yes", "Don't ask before it begins.", "boolean"),
	flag("anew", "Begin again, although an import of this file was stopped on the way.", "boolean"),
	flag("delimiter", "What separates the columns; found out by default."),
	flag("encoding", "The encoding of the file, e.g. windows-1252; found out by default."),
];

const EXPORT_FLAGS = [
	{ ...flag("format", "One record a line as JSON, or a table. Default: csv."), values: ["csv", "ndjson"] },
	flag("to", "The file to write; standard output by default."),
	flag("bom", "Mark a CSV file as UTF-8, which Excel needs.", "boolean"),
];

const PAGING = ["cursor", "limit"];

/** The commands that read and write files, made from those of the API. */
export function fileCommandsOf(commands: readonly Command[]): Command[] {
	return commands.flatMap((command) => {
		const resource = command.path.slice(1).replace(/\/batch$/, "");
		const shared = { method: "", path: `/${resource}`, paged: false, body: false, needsBody: false };
		if (command.words === `${resource} batch`)
			return {
				...{ ...shared, words: `import ${resource}`, ids: ["file"], flags: IMPORT_FLAGS },
				summary: `Import ${resource} from a CSV file`,
				description: `Creates ${resource} from the rows of a CSV file, or updates those that are there. A run that is stopped goes on where it was when it is started again.`,
			};
		const isList = command.paged && command.ids.length === 0;
		if (!isList || !command.flags.some(({ name }) => name === "updatedSince")) return [];
		return {
			...{ ...shared, words: `export ${resource}`, ids: [] },
			flags: [...EXPORT_FLAGS, ...command.flags.filter(({ name }) => !PAGING.includes(name))],
			summary: `Export ${resource} as CSV or NDJSON`,
			description: `Writes all ${resource}, or those that match, as CSV or as one JSON object a line.`,
		};
	});
}

/** Runs one of them. */
export function runFileCommand({ words, path }: Command, request: Request, session: Session): Promise<void> {
	const resource = path.slice(1);
	return words.startsWith("import ")
		? importFile(resource, request, session)
		: exportRecords(resource, request, session);
}
